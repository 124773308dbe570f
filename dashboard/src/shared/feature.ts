import type { Icon } from '@tabler/icons-react';
import type { AnyRoute } from '@tanstack/react-router';
import type { Role } from './workspace';

/** What a feature tells the shell: all that the layout, the router and the palette read. */
export interface Feature {
  /** The folder's name, as in the API. */
  name: string;
  title: string;
  icon: Icon;
  /** Routes below `signedInRoute` of `shared/routes`; their components lazy. */
  routes: AnyRoute[];
  navigation: NavigationItem[];
  commands?: Command[];
}

/** A line of the navigation. It is also offered by the palette as "Go to …". */
export interface NavigationItem {
  label: string;
  to: string;
  icon: Icon;
  /** `work` stands at the top, `settings` at the bottom. */
  section: 'work' | 'settings';
  /** Where it stands in its section: 10 home, 20 … products, 80 jobs. */
  order: number;
  /** Pressed after `g`, such as `w` for `g w`. */
  shortcut?: string;
  /** The least role that has a use for it. */
  role?: Role;
}

/** Something the palette (mod+K) can do. */
export interface Command {
  id: string;
  label: string;
  description?: string;
  icon: Icon;
  keywords?: string[];
  role?: Role;
  /** A path to go to, with its search parameters; or something to do. */
  run: (tools: CommandTools) => void | Promise<void>;
}

export interface CommandTools {
  go: (path: string) => void;
}
