// What jsdom lacks and the JupyterLab packages need at import time or on first render.
class NoObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

const missing: Record<string, unknown> = {
  DragEvent: class extends Event {},
  ResizeObserver: NoObserver,
  IntersectionObserver: NoObserver,
  requestIdleCallback: (act: () => void) => setTimeout(act, 0),
  matchMedia: (media: string) => ({
    media,
    matches: false,
    addListener() {},
    removeListener() {},
    addEventListener() {},
    removeEventListener() {}
  })
};

for (const [name, value] of Object.entries(missing)) {
  (globalThis as Record<string, unknown>)[name] ??= value;
}
