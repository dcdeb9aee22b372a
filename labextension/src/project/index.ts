/** What is loaded when the first project page opens. */
import '../../style/pages.css';
import '../../style/project.css';

export { ProjectPage } from './widget';
