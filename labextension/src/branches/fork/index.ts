/** What is loaded when a notebook is forked, or one that was forked is opened. */
import '../../../style/fork.css';

export { openFork, type IForkParts } from './forking';
export { ForkLine } from './line';
export { resumeRerun } from './progress';
