import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualItem,
} from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useReducer, useState } from 'preact/hooks';

export interface Drawn {
  readonly lines: readonly VirtualItem[];
  /** The height of all lines. CSS pixels. */
  readonly heightPx: number;
  readonly scrollTo: (place: number) => void;
}

const OVERSCAN = 12;

/** Returns which of many lines of one height must be drawn at this scroll position. */
export function useVirtual(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  linePx: number,
): Drawn {
  const [, draw] = useReducer((n: number) => n + 1, 0);
  const options = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => linePx,
    overscan: OVERSCAN,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => draw(undefined),
  };
  const [virtual] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(options));
  virtual.setOptions(options);
  useLayoutEffect(() => virtual._didMount(), [virtual]);
  useLayoutEffect(() => virtual._willUpdate());
  useEffect(() => virtual.measure(), [virtual, linePx]);
  return {
    lines: virtual.getVirtualItems(),
    heightPx: virtual.getTotalSize(),
    scrollTo: (place) => virtual.scrollToIndex(place, { align: 'auto' }),
  };
}
