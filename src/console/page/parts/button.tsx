import type { ComponentChildren } from 'preact';

export interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onPress?: (() => void) | undefined;
  readonly look?: 'plain' | 'primary' | 'danger' | 'small' | undefined;
  readonly submit?: boolean;
  /** Whether its action is in progress. It then keeps the focus, and a press does nothing. */
  readonly busy?: boolean;
  /** Why it cannot be pressed now, shown as its title. */
  readonly off?: string | undefined;
  readonly label?: string | undefined;
}

/** Tells whether a press is the second one of a double click, because the page might have changed in between. */
export const isSecondClick = ({ detail }: UIEvent): boolean => detail > 1;

export function Button({
  children,
  onPress,
  look = 'plain',
  submit,
  busy,
  off,
  label,
}: ButtonProps) {
  const still = busy === true || off !== undefined;
  return (
    <button
      type={submit === true ? 'submit' : 'button'}
      class={`button ${look}`}
      aria-disabled={still}
      aria-busy={busy === true}
      aria-label={label}
      title={off}
      onClick={(event) => {
        // A form that cannot be sent yet says what is missing.
        if (busy === true || isSecondClick(event) || (off !== undefined && submit !== true))
          event.preventDefault();
        else if (!still) onPress?.();
      }}
    >
      {children}
    </button>
  );
}
