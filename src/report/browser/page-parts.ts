/** Returns the element of the page for a selector. Throws if there is none, or one of another kind. */
export function need<E extends Element = HTMLElement>(selector: string, kind?: new () => E): E {
  const found = document.querySelector<E>(selector);
  if (found === null || (kind !== undefined && !(found instanceof kind))) {
    throw new Error(`The page lacks ${selector}`);
  }
  return found;
}

/** Returns the value of a JSON script in the page. */
export function embedded(selector: string): unknown {
  return JSON.parse(need(selector).textContent);
}
