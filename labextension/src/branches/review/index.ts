/** What is loaded when the changes of a run are looked at first. */
export { ReviewModel } from './model';
export { ReviewWidget, reviewId } from './widget';
