/** What is loaded when the first page of changes opens, with its looks. */
import '../../../style/pages.css';
import '../../../style/calls.css';
import '../../../style/colours.css';
import '../../../style/conversation.css';
import '../../../style/diff.css';
import '../../../style/merge.css';

export { Renderer } from '../../conversation/renderer';
export { Colours } from './colours';
export { CellContents } from './contents';
export { OutputContext } from '../../conversation/outputContext';
export { DiffModel } from './model';
export { DiffView } from './view';
export { DiffWidget, diffId } from './widget';
