/** What is loaded when sessions are compared first. */
export { ComparisonModel } from './model';
export { chooseSessions } from './picker';
export { MOST } from './rows';
export { Comparison } from './widget';
