import { nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/** The texts of our views in the user's language. */
export const TransContext = React.createContext<TranslationBundle>(nullTranslator.load('jupyter_sessions'));

export function useTrans(): TranslationBundle {
  return React.useContext(TransContext);
}
