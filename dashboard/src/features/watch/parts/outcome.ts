import {
  type Icon,
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDot,
  IconEyeOff,
  IconFlag,
  IconPencil,
  IconWaveSine,
} from '@tabler/icons-react';

export interface OutcomeLooks {
  label: string;
  /** What it means, for who asks. */
  meaning: string;
  colour: string;
  icon: Icon;
}

const OUTCOMES: Record<string, OutcomeLooks> = {
  first: { label: 'First look', meaning: 'Stored to compare with.', colour: 'gray', icon: IconFlag },
  unchanged: { label: 'Unchanged', meaning: 'The page is as it was.', colour: 'gray', icon: IconCircleCheck },
  noise: { label: 'Only noise', meaning: 'Clocks, counters or adverts moved on.', colour: 'gray', icon: IconWaveSine },
  below_threshold: {
    label: 'Small change',
    meaning: 'It changed, too little for an alert, or the keywords spoke against it.',
    colour: 'gray',
    icon: IconPencil,
  },
  changed: { label: 'Changed', meaning: 'It changed, and there is an alert.', colour: 'water', icon: IconCircleDot },
  unusable: {
    label: 'Unusable',
    meaning: 'The page was there without its content: a captcha, a login, an error page.',
    colour: 'orange',
    icon: IconEyeOff,
  },
  error: { label: 'Failed', meaning: 'No page came back.', colour: 'red', icon: IconAlertTriangle },
};

/** How an outcome of a check is shown. */
export function describeOutcome(outcome: string): OutcomeLooks {
  return OUTCOMES[outcome] ?? { label: outcome, meaning: '', colour: 'gray', icon: IconCircleDot };
}
