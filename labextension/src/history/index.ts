/** What is loaded when branches or the history of a notebook are looked at first. */
import '../../style/history.css';

export type { IHistoryParts } from './acts';
export { branchesPage, historyPage } from './pages';
export type { BranchesPage } from './table/widget';
export type { HistoryPage } from './versions/widget';
