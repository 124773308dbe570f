import type { Feature, NavigationItem } from '@/shared/feature/feature';
import type { Role } from '@/shared/platform/workspace';

const SECTIONS: NavigationItem['section'][] = ['work', 'settings'];

/** Return every line of the navigation that one's role has a use for, in its order. */
export function listItems(features: Feature[], can: (least: Role) => boolean): NavigationItem[] {
  return features
    .flatMap((feature) => feature.navigation)
    .filter(({ role }) => !role || can(role))
    .sort((one, other) => rank(one) - rank(other));
}

function rank({ section, order }: NavigationItem): number {
  return SECTIONS.indexOf(section) * 1_000 + order;
}
