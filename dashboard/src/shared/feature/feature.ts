import type { Icon } from '@tabler/icons-react';
import type { AnyRoute } from '@tanstack/react-router';
import type { Role } from '../platform/workspace';
import type { LinkTarget } from './addresses';

/** What a feature brings to the shell: all that the layout, the router and the palette read. */
export interface Feature {
  /** The folder's name, as in the API. */
  name: string;
  /** A product: it is shown where the API's configuration lists it. Everything else always is. */
  isProduct?: boolean;
  title: string;
  icon: Icon;
  /** Made by `pageRoute`; their components lazy. */
  routes: AnyRoute[];
  navigation: NavigationItem[];
  commands?: Command[];
}

/** A line of the navigation. The palette offers it as "Go to …". */
export interface NavigationItem {
  label: string;
  target: LinkTarget;
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
  /** Goes to a page; or does something. */
  run: (tools: CommandTools) => void | Promise<void>;
}

export interface CommandTools {
  go: (target: LinkTarget) => void;
}

/** The features of this installation. `products` are the names of those that the API's configuration lists. */
export function listInstalled(features: readonly Feature[], products: readonly string[]): Feature[] {
  return features.filter(({ name, isProduct }) => !isProduct || products.includes(name));
}
