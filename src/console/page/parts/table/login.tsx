/** More characters than fit into two lines of a table at the usual size on a phone. */
const LONG = 40;

/** A complete login in a table. Up to a hundred characters, which is Okta's maximum, fit at every width. */
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
