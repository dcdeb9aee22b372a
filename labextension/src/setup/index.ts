/** What is loaded when the page about models opens. */
export { SetupPage } from './widget';
