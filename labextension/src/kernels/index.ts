/** What is loaded when a cell is looked into, or a kernel brought back. */
export { endWithTheirTabs, openPeek } from './peek';
export { offerRevival, revive } from './revive';
