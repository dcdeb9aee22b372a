/** What is loaded when branches or the history of a notebook are looked at first. */
import '../../style/pages.css';
import '../../style/colours.css';
import '../../style/history.css';
import '../../style/tree.css';

export type { IHistoryParts } from './acts';
export { branchesPage, historyPage } from './pages';
export type { BranchesPage } from './table/widget';
export type { HistoryPage } from './versions/widget';
