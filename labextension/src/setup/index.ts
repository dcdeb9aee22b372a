/** What is loaded when the page about models opens. */
import '../../style/pages.css';
import '../../style/project.css';

export { SetupPage } from './widget';
