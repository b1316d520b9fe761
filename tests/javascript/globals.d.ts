// What our scripts keep on the window.

interface Window {
  /** what the components of a page share: figures and vocabularies (shared/registry.js), arrays (far.js, said.js) */
  __sesame?: {
    figures: Record<string, any>;
    vocabularies: Map<string, Promise<{words: string[]; index: Map<string, number>}>>;
    far?: {arrays: Map<string, any>; coming: Map<string, Promise<any>>; size: number};
    said?: Map<string, Map<string, any>>;
  };
  /** true once the server has been told that the page stands; before, the timer that will tell it: shared/mount.js */
  __sesamePainted?: true | number;
  /** true once a page that is opened is one step of the history: shared/steps.js */
  __sesameSteps?: true;
  /** who listens to what the components of a page tell each other: shared/channel.js */
  __sesameChannels?: Map<string, Set<(message: any) => boolean>>;
  /** what the framework's parts are called to screen readers, in the page's language: ui/sidebar.js */
  __sesameNames?: Record<string, string>;
  /** this browser's line to its room, where it is in one: components/room/line.js */
  __sesameRoom?: any;
  /** takes away what the teacher's keys have put there: ui/teacher_keys.js */
  __sesameKeys?: () => void;
  /** what was asked of the server and what has come of it: tests/browser/runs.js */
  __runs?: {due: boolean; open: boolean; since: number};
  /** which characters have a glyph: tests/browser/faults.js */
  __glyphs?: Map<string, boolean>;
}
