/** What is loaded when the first page of changes opens. */
export { Renderer } from '../../conversation/renderer';
export { Colours } from './colours';
export { CellContents } from './contents';
export { DiffModel } from './model';
export { DiffWidget, diffId } from './widget';
