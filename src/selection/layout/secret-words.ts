import { normalizeHeader } from './titles.ts';

const words = (text: string): readonly string[] =>
  text.split(/[,\n]/u).map(normalizeHeader).filter(Boolean);

/** Means that a column contains a secret wherever it is in a title, even inside a compound: `Initialkennwort`. */
export const SECRET_PARTS: readonly string[] = words(`
  password, userpass, loginpass, passphrase, passcode, passkey, passwd, pwd, passwort, kennwort, losungswort, einmalcode, geheimzahl, geheimnis,
  mot de passe, mots de passe, phrase de passe, phrase secrète, code secret, clé secrète, clé privée, code d'accès, code à usage unique,
  contraseña, contrasenya, contrasinal, palabra clave, palabra de paso, código de acceso, código secreto, clave privada, clave secreta,
  palavra-passe, palavra chave, chave secreta, chave privada, código de acesso,
  parola d'ordine, parola chiave, codice segreto, codice di accesso, chiave segreta, chiave privata, parola,
  wachtwoord, wachtzin, toegangscode, lösenord, engångskod, passord, adgangskode, kodeord, engangskode, salasana, salasõna, parool,
  lykilorð, aðgangsorð, slaptažod, jelszó, lozink, zapork, pasahitz, mật khẩu, kata sandi, kata laluan,
  пароль, пароля, парола, пароли, паролі, лозинк, κωδικός πρόσβασης, κωδικός, συνθηματικό,
  סיסמ, كلمة المرور, كلمة السر, الرقم السري, رمز عبور, گذرواژه, पासवर्ड, รหัสผ่าน,
  パスワード, パスコード, パスフレーズ, 暗証番号, 合言葉, 秘密鍵, シークレット, ワンタイム, 密码, 密碼, 口令, 密钥, 密鑰, 验证码, 驗證碼,
  비밀번호, 암호, 패스워드,
  recovery code, backup code, mfa code, 2fa code, sms code, login code, recovery key, scratch code, one time code, verification code, activation code, access code, unlock code, reset code, temp code, temporary code,
  code de récupération, code de secours, código de recuperación, código de recuperação, codice di recupero, herstelcode,
  wiederherstellungscode, zugangscode, sicherheitscode, aktivierungscode, freischaltcode, återställningskod, リカバリーコード, 恢复码,
  recovery answer, security answer, secret answer, question answer, answer to, sicherheitsantwort, geheimantwort, réponse secrète, respuesta secreta,
  resposta secreta, risposta segreta, profile answer,
  reset link, reset url, reset token, activation link, activation url, activation token, magic link, sign-in link, login link, set password link,
  aktivierungslink, lien d'activation, enlace de activación,
  client secret, shared secret, secret key, private key, api key, access key, ssh key, preshared key, api token, auth token, access token, refresh token,
  session token, bearer token, temporary credential, initial credential, seed phrase, authentication code, auth code, otpauth, plaintext, cleartext, klartext, plain text, clear text, session cookie, session key, mfa seed, 2fa seed, otp seed, totp seed, zugangsdaten, nt hash, lm hash, bcrypt`);

/** Means the same only as a separate word: `Secretary` and `Passport` are not secrets. */
export const SECRET_WORDS: ReadonlySet<string> = new Set(
  words(`
  pass, passes, tap, psk, pw, psw, pswd, pword, secret, secrets, token, tokens, otp, otps, totp, hotp, pin, pins, puk, ssws, jwt, cookie, answer, antwort,
  hash, hashes, hashed, salt, bearer, ntlm, scrypt, mdp, jeton, jetons, clave, claves, secreto, senha, senhas, segredo, segreto, gettone, geheim, hemlighet, losen,
  hasło, haslo, hasła, hasla, heslo, hesla, geslo, gesla, şifre, sifre, parole, sandi, секрет, токен`),
);

/**
 * Whole names of members that contain secrets among other things: Okta's `credentials` contains `password` and
 * `recovery_question`.
 */
export const SECRET_NAMES: ReadonlySet<string> = new Set(
  words(
    'credential, credentials, recovery question answer, authorization, md5, sha1, sha256, sha512, argon2',
  ),
);

const FILLERS =
  's|was|is|has|been|last|never|next|must|will|not|the|at|on|of|in|zuletzt|letzte|wurde|est|a|ete|ha|sido|ultim[ao]|days';
const FACTS = [
  'less$|chang|expir|age$|agein|status|state$|updat|modif|created|creation|date|policy|policies|strength|complex|type$|provider|sourc|notrequir|enabl|disabl|validuntil|validity|compromis|breach|leak|expos|pwned|count|lastset|setdate|reset(?:date|on|at|time|need|status|count|by|flag)|sign|log[io]n|rotat|notset',
  'geandert|anderung|geaendert|aenderung|ablauf|abgelaufen|lauft(?:nie)?ab|alter$|datum|richtlinie|zuruckgesetzt|gultig',
  'chang|perim|politique|cambi|caduc|vence|vencim|fecha|estado|alterad|alterac|alteraz|mudan|validade|data|modificat|scaden|scadut|scade',
  'gewijzigd|wijzig|verloop|verlop|verval|andrad|andrat|utgar|endret|ændret|vanhen|zmien|zmena|zmenen|wygas|lejar|degis',
  '変更|有効期限|期限|更新|状態|更改|修改|过期|到期|状态|변경|만료|상태|измен|истек|срок|статус|змін',
].map((text) => text.normalize('NFKD').replace(/\p{M}+/gu, ''));

/** What follows the word if a title is about facts of a secret: `Password Changed`, `pwdLastSet`, `Kennwort läuft ab`. */
export const FACT = new RegExp(`^(?:${FILLERS})*?(?:${FACTS.join('|')})`, 'u');
/** What comes before the word in such a title: `mustChangePassword`, `Fecha de cambio de contraseña`. */
export const FACT_BEFORE =
  /(?:must|can|cannot|cant|force|forced|needs|require|requires|user)chang(?:e|es|ing)$|(?:cambio|caducidad|vencimiento|changement|modification|expiration|alteracao|validade|modifica|scadenza|anderung|ablauf|wijziging|verloop|change|expiry|age|state|status|date|fecha|datum|data|estado)(?:of|the|de|la|el|su|do|da|di|del|della|du|des|der|van|het)+$/;
/** Endings that names of facts never have: `passwordResetLink`, `password_status_code`. */
export const NO_FACT = /link|url|uri|code|key|hash|salt|plain|clear|history|(?:value|answer|new)$/;

/** Finds what might be one of the words in a normalized name, so that a closer look is taken only there. */
export const MENTIONS = new RegExp([...SECRET_PARTS, ...SECRET_WORDS].join('|'), 'u');
/** Finds a word that means a secret wherever it is in a normalized name. */
export const MENTIONS_PART = new RegExp(SECRET_PARTS.join('|'), 'u');
