/** What is loaded when the first start form opens. */
import '../../style/pages.css';

export { StartForm } from './widget';
