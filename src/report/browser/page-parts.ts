/** Returns the element the page has for a selector; throws where it has none or another kind. */
export function need<E extends Element = HTMLElement>(selector: string, kind?: new () => E): E {
  const found = document.querySelector<E>(selector);
  if (found === null || (kind !== undefined && !(found instanceof kind))) {
    throw new Error(`The page lacks ${selector}`);
  }
  return found;
}

/** Returns the value that a JSON script of the page holds. */
export function embedded(selector: string): unknown {
  return JSON.parse(need(selector).textContent);
}
