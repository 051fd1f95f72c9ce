import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useCalled } from '../client/hooks.ts';
import { Copy } from './copy.tsx';

/** Whether a screen was opened before. The focus then goes to its headline, so that a screen reader begins there. */
let opened = false;

/** A screen: what it is about, the number that matters as its headline, and the rest. */
export function Screen({
  name,
  about,
  headline,
  sub,
  command,
  children,
}: {
  /** For the tab's title. */
  readonly name: string;
  readonly about: ComponentChildren;
  readonly headline: string;
  readonly sub?: ComponentChildren;
  /** The command that does the same in a terminal. */
  readonly command: string;
  readonly children?: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (opened) {
      scrollTo(0, 0);
      heading.current?.focus({ preventScroll: true });
    }
    opened = true;
  }, []);
  useEffect(() => {
    // The element with the focus is gone, such as a button that was replaced, so the keyboard continues from here.
    const { activeElement, body } = document;
    if (activeElement === null || activeElement === body)
      heading.current?.focus({ preventScroll: true });
  });
  useEffect(() => {
    document.title = `${name} · okta-reset`;
  }, [name]);
  return (
    <>
      <main id="main">
        <p class="about">{about}</p>
        <h1 ref={heading} tabIndex={-1}>
          {headline}
        </h1>
        {sub !== undefined && <p class="sub">{sub}</p>}
        {children}
      </main>
      <CommandBar command={command} />
    </>
  );
}

function CommandBar({ command }: { readonly command: string }) {
  const called = useCalled()(command);
  return (
    <footer class="command">
      <span class="muted">In a terminal</span>
      <code tabIndex={0} aria-label="The same in a terminal">
        {called}
      </code>
      <Copy text={called} label="Copy the command" />
    </footer>
  );
}
