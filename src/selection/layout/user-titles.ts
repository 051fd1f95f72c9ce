import { normalizeHeader } from './titles.ts';

/** What the cells of a column are: ids, logins, email addresses, or something to be decided for each value. */
export type KeyKind = 'id' | 'login' | 'email' | 'any';

const words = (text: string): readonly string[] =>
  text.split(/[,\n]/u).map(normalizeHeader).filter(Boolean);

/**
 * Titles that name users, by rank. Anything else (`User Type ID`, `externalId`, `User`, `groupId`) is never chosen.
 * Translations of “user id” are used for logins as well, so their cells are decided by value.
 */
export const USER_TITLES: readonly (readonly [KeyKind, ReadonlySet<string>])[] = [
  ['id', new Set(words('user id, id, okta id, okta user id'))],
  [
    'any',
    new Set(
      words(`Benutzer-ID, Nutzer-ID, Okta-Benutzer-ID, ID utilisateur, ID de l'utilisateur, ID de usuario, ID usuario,
        ID do usuário, ID de utilizador, ID utente, Gebruikers-ID, Användar-ID, Bruger-ID, Bruker-ID, Käyttäjä-ID,
        ID użytkownika, ID uživatele, ユーザーID, ユーザID, 利用者ID, 用户ID, 사용자 ID,
        member object ID or UPN, user id or login`),
    ),
  ],
  [
    'login',
    new Set(
      words(`login, username, user login, login name, user login name, sign-in name, okta username, okta login,
        profile login, user profile login, user principal name, UPN, target alternate id, actor alternate id, alternate id,
        Benutzername, Nutzername, Anmeldename, Loginname, Benutzerkennung, Anmeldekennung, Benutzerprinzipalname,
        Identifiant, Nom d'utilisateur, Nom utilisateur, Identifiant de connexion, Nom de connexion,
        Nombre de usuario, Nombre usuario, Inicio de sesión, Nom d'usuari,
        Nome de usuário, Nome do usuário, Nome de utilizador, Nome usuário, Nome utente,
        Gebruikersnaam, Inlognaam, Aanmeldnaam, Användarnamn, Inloggningsnamn, Brugernavn, Brukernavn, Käyttäjätunnus,
        Käyttäjänimi, Notandanafn, Nazwa użytkownika, Uživatelské jméno, Přihlašovací jméno, Používateľské meno,
        Felhasználónév, Nume de utilizator, Nume utilizator, Kullanıcı adı, Kasutajanimi, Lietotājvārds,
        Naudotojo vardas, Korisničko ime, Uporabniško ime, Όνομα χρήστη, Имя пользователя, Логин, Ім'я користувача,
        Логін, Потребителско име, Корисничко име, ユーザー名, ユーザ名, ログイン名, ログインID, ログイン, サインイン名,
        用户名, 登录名, 使用者名稱, 登入名稱, 사용자 이름, 사용자명, 로그인, Tên đăng nhập, Nama pengguna, שם משתמש,
        اسم المستخدم`),
    ),
  ],
  [
    'email',
    new Set(
      words(`email, email address, primary email, primary email address, mail, mail address, profile email, user email,
        user email address, user profile email, email id, invitee email, email address to invite,
        E-Mail-Adresse, Mailadresse, E-Mail-Adressen, Primäre E-Mail-Adresse,
        Adresse e-mail, Adresse mail, Adresse électronique, Courriel, Adresse courriel, Adresse de messagerie,
        Correo, Correo electrónico, Dirección de correo, Dirección de correo electrónico, Correu electrònic,
        Endereço de e-mail, Correio eletrônico, Correio electrónico, Endereço de correio eletrónico,
        Indirizzo e-mail, Indirizzo mail, Indirizzo di posta, Indirizzo di posta elettronica, Posta elettronica,
        E-mailadres, Mailadres, E-post, E-postadress, E-postadresse, E-mailadresse, Sähköposti, Sähköpostiosoite,
        Netfang, Adres e-mail, Adres poczty elektronicznej, Poczta elektroniczna, E-mailová adresa, E-mail cím,
        Adresă de e-mail, Adresa e-mail, Adresa de email, E-posta, E-posta adresi, E-pasts, El. paštas, E-pošta,
        Ηλεκτρονικό ταχυδρομείο, Διεύθυνση email, Электронная почта, Адрес электронной почты, Почта,
        Електронна пошта, Имейл, メール, メールアドレス, Eメール, 电子邮件, 电子邮箱, 邮箱, 電子郵件, 이메일, 이메일 주소,
        Địa chỉ email, Alamat email, דוא"ל, البريد الإلكتروني`),
    ),
  ],
];

/**
 * Columns of the System Log and of files made from it: `actor.alternate_id`, `target0.alternateId`, `target_alternateId_s`.
 */
const LOG_COLUMN = /(actor|targets?)(\d*)alternateids?$/;

/** Tells which side of an event a title names; undefined if it is not a title of the System Log. */
export function logSide(title: string): 'actor' | 'target' | undefined {
  const side = LOG_COLUMN.exec(normalizeHeader(title))?.[1];
  if (side === undefined) return undefined;
  return side === 'actor' ? 'actor' : 'target';
}
