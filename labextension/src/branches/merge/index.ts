/** What is loaded when the first merge is looked at. */
export { MergeModel } from '../../models/merge';
export { changing } from './counting';
export { MergeWidget, mergeId } from './widget';
