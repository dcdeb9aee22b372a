import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';

import type { Session } from '../../api/schema';
import { warning } from '../deletion';
import { fileName } from '../transfer';

const trans = nullTranslator.load('jupyter_sessions');

function named(name: string, key_result_count = 0): Session {
  return { name, key_result_count } as Session;
}

describe('the question before a session is deleted', () => {
  it('names those that depend on it, and says what goes', () => {
    const dependents = [named('Model'), named('Segment')];
    expect(warning(trans, named('Features', 3), dependents)).toBe(
      'Model and Segment depend on it. They keep their logs but lose this context. Its 3 key results go too.'
    );
    expect(warning(trans, named('Features', 1), [named('Model')])).toBe(
      'Model depends on it. It keeps its log but loses this context. Its key result goes too.'
    );
  });

  it('names no more than a few', () => {
    const dependents = ['A', 'B', 'C', 'D', 'E', 'F'].map(name => named(name));
    expect(warning(trans, named('X'), dependents)).toContain('A, B, C and 3 more depend on it.');
    expect(warning(trans, named('X'), dependents.slice(0, 4))).toContain('A, B, C and D depend on it.');
  });

  it('says what stays when nobody does', () => {
    expect(warning(trans, named('X'), [])).toBe('Its log goes too. Notebooks and files stay as they are.');
  });
});

describe('the name of an exported file', () => {
  it('is one that every file system takes', () => {
    expect(fileName('Model', 'md')).toBe('Model.md');
    expect(fileName('../../etc/passwd', 'md')).toBe('-..-etc-passwd.md');
    expect(fileName('a<b>:"|?*\\ c\u0007', 'html')).toBe('a-b- c-.html');
    expect(fileName('...', 'jsonl')).toBe('session.jsonl');
    expect(fileName('x'.repeat(300), 'md')).toHaveLength(103);
  });
});
