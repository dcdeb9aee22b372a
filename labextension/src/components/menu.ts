import { type LabIcon, MenuSvg } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';

import { NO_ARGS } from '../commands';

export interface IMenuItem {
  label: string;
  /** Why it is disabled, or more about it. */
  caption?: string;
  icon?: LabIcon;
  disabled?: boolean;
  /** Shown with a check mark. */
  toggled?: boolean;
  execute: () => void;
}

/** Items that open beside their name. */
export interface ISubmenu {
  label: string;
  items: readonly IMenuItem[];
}

/** Open a menu below an element, or at a point of the window; `null` is a line between groups. */
export function openMenu(
  items: readonly (IMenuItem | ISubmenu | null)[],
  at: HTMLElement | { x: number; y: number }
): void {
  const before = document.activeElement;
  const menu = menuOf(items);
  menu.aboutToClose.connect(() => {
    // The command runs after the menu has closed.
    window.setTimeout(() => {
      menu.dispose();
      if (document.activeElement === document.body && before instanceof HTMLElement) {
        before.focus();
      }
    }, 0);
  });
  if (at instanceof HTMLElement) {
    const rect = at.getBoundingClientRect();
    menu.open(rect.left, rect.bottom);
  } else {
    menu.open(at.x, at.y);
  }
}

function menuOf(items: readonly (IMenuItem | ISubmenu | null)[]): MenuSvg {
  const commands = new CommandRegistry();
  const menu = new MenuSvg({ commands });
  menu.addClass('jps-Menu');
  items.forEach((item, index) => {
    if (item === null) {
      menu.addItem({ type: 'separator' });
    } else if ('items' in item) {
      const submenu = menuOf(item.items);
      submenu.title.label = item.label;
      menu.disposed.connect(() => submenu.dispose());
      menu.addItem({ type: 'submenu', submenu });
    } else {
      menu.addItem({ command: commandOf(commands, `item-${index}`, item) });
    }
  });
  return menu;
}

function commandOf(commands: CommandRegistry, command: string, item: IMenuItem): string {
  commands.addCommand(command, {
    label: item.label,
    caption: item.caption ?? '',
    describedBy: NO_ARGS,
    icon: item.icon,
    isEnabled: () => !item.disabled,
    isToggled: () => item.toggled ?? false,
    isToggleable: item.toggled !== undefined,
    execute: item.execute
  });
  return command;
}
