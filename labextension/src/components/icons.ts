import { LabIcon } from '@jupyterlab/ui-components';

import branch from '../../style/icons/branch.svg';
import chats from '../../style/icons/chats.svg';
import flag from '../../style/icons/flag.svg';
import grip from '../../style/icons/grip.svg';
import pin from '../../style/icons/pin.svg';
import question from '../../style/icons/question.svg';
import warning from '../../style/icons/warning.svg';

export const branchIcon = new LabIcon({ name: 'jupyter-sessions:branch', svgstr: branch });
export const chatsIcon = new LabIcon({ name: 'jupyter-sessions:chats', svgstr: chats });
export const flagIcon = new LabIcon({ name: 'jupyter-sessions:flag', svgstr: flag });
export const gripIcon = new LabIcon({ name: 'jupyter-sessions:grip', svgstr: grip });
export const pinIcon = new LabIcon({ name: 'jupyter-sessions:pin', svgstr: pin });
export const questionIcon = new LabIcon({ name: 'jupyter-sessions:question', svgstr: question });
export const warningIcon = new LabIcon({ name: 'jupyter-sessions:warning', svgstr: warning });
