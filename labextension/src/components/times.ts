import type { TranslationBundle } from '@jupyterlab/translation';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
// Made once: a list says hundreds of times, and the making is slow.
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const DAY_AND_YEAR = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** A length of time: "0.2 s", "42 s", "4 min 12 s", "2 h 5 min". */
export function duration(trans: TranslationBundle, ms: number, tenths = false): string {
  if (tenths && ms < 10_000) {
    return trans.__('%1 s', (Math.max(0, ms) / 1000).toFixed(1));
  }
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) {
    return trans.__('%1 s', seconds);
  }
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? trans.__('%1 min %2 s', minutes, seconds % 60)
    : trans.__('%1 h %2 min', Math.floor(minutes / 60), minutes % 60);
}

/** When something was updated, as a list says it. */
export function updated(trans: TranslationBundle, ts: string, now = Date.now()): string {
  return trans.__('Updated %1', when(trans, ts, now));
}

/** When something was: "just now", "5 min ago", "1 h ago", "yesterday", "12 Nov". */
export function when(trans: TranslationBundle, ts: string, now = Date.now()): string {
  const then = new Date(ts);
  const age = now - then.getTime();
  if (age < MINUTE) {
    return trans.__('just now');
  }
  if (age < HOUR) {
    return trans.__('%1 min ago', Math.floor(age / MINUTE));
  }
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  if (then.getTime() >= midnight) {
    return trans.__('%1 h ago', Math.floor(age / HOUR));
  }
  if (then.getTime() >= midnight - 24 * HOUR) {
    return trans.__('yesterday');
  }
  const sameYear = then.getFullYear() === new Date(now).getFullYear();
  return (sameYear ? DAY : DAY_AND_YEAR).format(then);
}

/** The time of day: "14:08". */
export function clock(ts: string | number): string {
  return new Date(ts).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', hour12: false });
}

/** Date and time in full, for tooltips. */
export function fullTime(ts: string): string {
  return FULL.format(new Date(ts));
}
