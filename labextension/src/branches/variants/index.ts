/** What is loaded when a person wants variants of a cell first. */
import '../../../style/pages.css';
import '../../../style/colours.css';
import '../../../style/merge.css';
import '../../../style/fork.css';
import '../../../style/variants.css';

export { openVariants } from './opening';
