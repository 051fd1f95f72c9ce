import type { ComponentChild } from 'preact';

/** Formats text between backticks as code, and keeps a flag on one line. */
export function prose(text: string): ComponentChild[] {
  return text.split(/(`[^`]*`|--[a-z][a-z-]*)/).map((part) => {
    if (part.startsWith('`')) return <code>{part.slice(1, -1)}</code>;
    return part.startsWith('--') ? <span class="flag">{part}</span> : part;
  });
}
