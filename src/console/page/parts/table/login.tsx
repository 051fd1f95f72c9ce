/** More characters than two lines of a table have room for, at the usual size, on a phone. */
const LONG = 40;

/** A login in a table, whole: one of up to a hundred characters, Okta's most, fits into its line at every width. */
export function Login({ text }: { readonly text: string }) {
  if (text.length > LONG)
    return (
      <bdi class="whole long" title={text}>
        {text}
      </bdi>
    );
  const at = text.lastIndexOf('@');
  return (
    <bdi class="whole" title={text}>
      {at < 0 ? text : text.slice(0, at)}
      {at >= 0 && (
        <>
          <wbr />
          {text.slice(at)}
        </>
      )}
    </bdi>
  );
}
