/** What is loaded when branches are compared first. */
import '../../../style/pages.css';
import '../../../style/branchLists.css';
import '../../../style/calls.css';
import '../../../style/compare.css';
import '../../../style/conversation.css';
import '../../../style/history.css';
import '../../../style/compareBranches.css';

export { askToConverge } from '../../history/converge';
export { BranchComparison } from './model';
export { BranchComparisonPage, comparisonId } from './widget';
