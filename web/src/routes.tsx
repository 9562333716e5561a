/** Addresses of the page: ids and enumerations only, never text of evidence (the history of a browser is a leak). */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { Frame } from './shell/frame.js';
import { NotFound } from './shell/not-found.js';

const root = createRootRoute({ component: Frame, notFoundComponent: NotFound });
const parent = () => root;

const children = [
  createRoute({
    getParentRoute: parent,
    path: '/',
    component: lazyRouteComponent(() => import('./pages/home/home-page.js'), 'HomePage'),
  }),
  createRoute({
    getParentRoute: parent,
    path: '/guides/$topic',
    component: lazyRouteComponent(() => import('./pages/home/guide-page.js'), 'GuidePage'),
  }),
  createRoute({
    getParentRoute: parent,
    path: '/danger',
    component: lazyRouteComponent(() => import('./pages/home/danger-page.js'), 'DangerPage'),
  }),
  createRoute({
    getParentRoute: parent,
    path: '/help',
    component: lazyRouteComponent(() => import('./pages/help/help-page.js'), 'HelpPage'),
  }),
  createRoute({
    getParentRoute: parent,
    path: '/settings',
    component: lazyRouteComponent(() => import('./pages/settings/settings-page.js'), 'SettingsPage'),
  }),
  /** Case (or a new one), consent, what is given. `case` in the search: its code. */
  createRoute({
    getParentRoute: parent,
    path: '/add',
    validateSearch: (search: Record<string, unknown>): { case?: string } =>
      typeof search.case === 'string' ? { case: search.case } : {},
    component: lazyRouteComponent(() => import('./pages/add/add-page.js'), 'AddPage'),
  }),
  /** Progress while it runs, then findings. */
  createRoute({
    getParentRoute: parent,
    path: '/checks/$check',
    component: lazyRouteComponent(() => import('./pages/check/check-page.js'), 'CheckPage'),
  }),
  createRoute({
    getParentRoute: parent,
    path: '/checks/$check/findings',
    component: lazyRouteComponent(() => import('./pages/findings/findings-page.js'), 'FindingsPage'),
  }),
  createRoute({
    getParentRoute: parent,
    path: '/checks/$check/findings/$finding',
    component: lazyRouteComponent(() => import('./pages/finding/finding-page.js'), 'FindingPage'),
  }),
  createRoute({
    getParentRoute: parent,
    path: '/checks/$check/coverage',
    component: lazyRouteComponent(() => import('./pages/coverage/coverage-page.js'), 'CoveragePage'),
  }),
  createRoute({
    getParentRoute: parent,
    path: '/cases',
    component: lazyRouteComponent(() => import('./pages/cases/cases-page.js'), 'CasesPage'),
  }),
  createRoute({
    getParentRoute: parent,
    path: '/campaigns',
    component: lazyRouteComponent(() => import('./pages/cases/campaigns-page.js'), 'CampaignsPage'),
  }),
  createRoute({
    getParentRoute: parent,
    path: '/cases/$code',
    component: lazyRouteComponent(() => import('./pages/case/case-page.js'), 'CasePage'),
  }),
  /** Tabs of a case: `evidence`, `findings`, `timeline`, `graph`, `notes`, `plan`, `consent`, `deliver`. */
  createRoute({
    getParentRoute: parent,
    path: '/cases/$code/$tab',
    component: lazyRouteComponent(() => import('./pages/case/case-page.js'), 'CasePage'),
  }),
  createRoute({
    getParentRoute: parent,
    path: '/indicators',
    component: lazyRouteComponent(() => import('./pages/indicators/indicators-page.js'), 'IndicatorsPage'),
  }),
] as const;

export function newRouter() {
  return createRouter({
    routeTree: root.addChildren(children),
    scrollRestoration: true,
    defaultPreload: false,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof newRouter>;
  }
}
