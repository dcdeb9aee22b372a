/** What is loaded when sessions are compared first. */
import '../../style/pages.css';
import '../../style/calls.css';
import '../../style/cards.css';
import '../../style/compare.css';
import '../../style/conversation.css';

export { ComparisonModel } from './model';
export { chooseSessions } from './picker';
export { MOST } from './rows';
export { Comparison } from './widget';
