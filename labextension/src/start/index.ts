/** What is loaded when the first start form opens. */
export { StartForm } from './widget';
