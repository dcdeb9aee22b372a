import { Colours } from '../branches/diff/colours';
import { HistoryModel, type IHistoryPlace } from '../models/history';
import { branchActs, historyActs, type IHistoryParts } from './acts';
import { BranchesState } from './table/state';
import { BranchesPage } from './table/widget';
import { HistoryPage } from './versions/widget';

/** Make the page of a project's branches; `notebook`: of those of one notebook. */
export function branchesPage(parts: IHistoryParts, project: string, notebook: string | null): BranchesPage {
  const { app, sessions, trans } = parts;
  const { contents } = app.serviceManager;
  const state = new BranchesState(sessions.projects, project, notebook, contents);
  const colours = new Colours(parts.languages);
  const page = new BranchesPage(trans, state, branchActs(parts, project), colours);
  // The branch of the session in which one works is another.
  const following = parts.conversations?.onChange(() => page.update());
  page.disposed.connect(() => following?.dispose());
  return page;
}

/** Make the page of the history of a notebook; `onSwitched`: it shows another branch now. */
export function historyPage(parts: IHistoryParts, place: IHistoryPlace, onSwitched: () => void): HistoryPage {
  const { settings, sockets, projects } = parts.sessions;
  const branches = projects.branchesOf(place.project);
  const modelOf = (at: IHistoryPlace) => new HistoryModel(settings, sockets.of(at.project), at);
  return new HistoryPage(parts.trans, branches, modelOf, place, historyActs(parts, onSwitched));
}
