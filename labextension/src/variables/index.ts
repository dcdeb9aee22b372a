/** What is loaded when the variables of a kernel are looked at first. */
import '../../style/variables.css';

import { VariablesModel } from './model';
import { NotebookKernel } from './notebook';
import { type IVariablesParts, VariablesPanel } from './widget';

export function variablesPanel(parts: IVariablesParts): VariablesPanel {
  const { sessions, notebooks } = parts;
  const kernel = new NotebookKernel(notebooks, sessions.projects);
  return new VariablesPanel(parts.trans, new VariablesModel(sessions.projects.settings, kernel));
}
