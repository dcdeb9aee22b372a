import { LabIcon } from '@jupyterlab/ui-components';

import branch from '../../style/icons/branch.svg';
import chats from '../../style/icons/chats.svg';
import compare from '../../style/icons/compare.svg';
import diamondEmpty from '../../style/icons/diamond-empty.svg';
import diamond from '../../style/icons/diamond.svg';
import differs from '../../style/icons/differs.svg';
import flag from '../../style/icons/flag.svg';
import grip from '../../style/icons/grip.svg';
import merge from '../../style/icons/merge.svg';
import pin from '../../style/icons/pin.svg';
import question from '../../style/icons/question.svg';
import warning from '../../style/icons/warning.svg';

export const branchIcon = new LabIcon({ name: 'jupyter-sessions:branch', svgstr: branch });
export const chatsIcon = new LabIcon({ name: 'jupyter-sessions:chats', svgstr: chats });
export const compareIcon = new LabIcon({ name: 'jupyter-sessions:compare', svgstr: compare });
export const diamondIcon = new LabIcon({ name: 'jupyter-sessions:diamond', svgstr: diamond });
export const diamondEmptyIcon = new LabIcon({ name: 'jupyter-sessions:diamond-empty', svgstr: diamondEmpty });
export const differsIcon = new LabIcon({ name: 'jupyter-sessions:differs', svgstr: differs });
export const flagIcon = new LabIcon({ name: 'jupyter-sessions:flag', svgstr: flag });
export const gripIcon = new LabIcon({ name: 'jupyter-sessions:grip', svgstr: grip });
export const mergeIcon = new LabIcon({ name: 'jupyter-sessions:merge', svgstr: merge });
export const pinIcon = new LabIcon({ name: 'jupyter-sessions:pin', svgstr: pin });
export const questionIcon = new LabIcon({ name: 'jupyter-sessions:question', svgstr: question });
export const warningIcon = new LabIcon({ name: 'jupyter-sessions:warning', svgstr: warning });
