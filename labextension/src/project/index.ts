/** What is loaded when the first project page opens. */
export { ProjectPage } from './widget';
