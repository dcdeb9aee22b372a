import type { IRenderMime } from '@jupyterlab/rendermime';

/** Attributes that make a browser load something when the element is made. */
const LOADING = [
  'src',
  'srcset',
  'poster',
  'background',
  'data',
  'ping',
  'xlink:href',
  'formaction',
  'action'
];
const ELSEWHERE = /url\s*\(|image-set\s*\(|@import|expression\s*\(/i;

/** A sanitizer that also leaves out all that would call home: images and media from elsewhere, `url()` in styles. */
export class QuietSanitizer implements IRenderMime.ISanitizer {
  constructor(private readonly _sanitizer: IRenderMime.ISanitizer) {}

  get allowNamedProperties(): boolean {
    return false;
  }

  sanitize(dirty: string, options?: IRenderMime.ISanitizerOptions): string {
    return quieted(this._sanitizer.sanitize(dirty, options));
  }
}

/** The HTML without what loads from elsewhere; a remote image becomes a link to it. */
export function quieted(html: string): string {
  // A document made by the parser loads nothing.
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  for (const element of body.querySelectorAll('*')) {
    if (element.localName === 'style' || element.localName === 'link') {
      element.remove();
      continue;
    }
    if (element.localName === 'form') {
      element.replaceWith(...element.childNodes);
      continue;
    }
    if (element.localName === 'form') {
      // Without an address it would be sent to the page itself.
      element.replaceWith(...element.childNodes);
      continue;
    }
    const source = element.getAttribute('src');
    if (element.localName === 'img' && source && !isInline(source)) {
      element.replaceWith(linkTo(body.ownerDocument, source, element.getAttribute('alt')));
      continue;
    }
    for (const name of LOADING) {
      const value = element.getAttribute(name);
      if (value !== null && !(name === 'src' && isInline(value))) {
        element.removeAttribute(name);
      }
    }
    if (element.localName !== 'a' && element.localName !== 'area') {
      element.removeAttribute('href');
    }
    if (element instanceof HTMLElement) {
      // Nothing lies over what is not its own.
      element.style.removeProperty('position');
    }
    if (ELSEWHERE.test(element.getAttribute('style') ?? '')) {
      element.removeAttribute('style');
    }
  }
  return body.innerHTML;
}

function isInline(source: string): boolean {
  return /^data:image\//i.test(source.trim());
}

function linkTo(document: Document, source: string, alt: string | null): Element {
  if (!/^https?:/i.test(source)) {
    const span = document.createElement('span');
    span.textContent = alt ?? '';
    return span;
  }
  const link = document.createElement('a');
  link.href = source;
  link.rel = 'noopener noreferrer nofollow';
  link.target = '_blank';
  link.textContent = alt?.trim() || source;
  return link;
}
