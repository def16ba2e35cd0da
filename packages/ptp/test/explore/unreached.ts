/** Cells that change something and that no exploration reaches, with the reason why they stand there all the same. */
export const UNREACHED: Readonly<Record<string, readonly string[]>> = {
  'the answer to START_SESSION comes with the call itself: once the call has failed no other one comes': [
    'start-unknown start-answered',
    'starting session-poll-due',
  ],
  'these states last minutes, the polls and holds explored last hours: only a platform that was away for hours meets it':
    [
      'starting hold-check-due',
      'start-unknown hold-check-due',
      'start-unknown session-poll-due',
      'awaiting-session hold-check-due',
      'awaiting-session session-poll-due',
      'void-unknown session-poll-due',
      'capturing credit-due',
      'capture-unknown credit-due',
    ],
  'a reminder that nothing comes of is left out of the exploration': ['captured session-poll-due'],
  'one more fault than is explored: the start is lost, and a CDR overtakes every word of its session': [
    'start-unknown cdr-received',
  ],
  'orders to one provider run one after the other: another node, or a provider that answers late, may still turn them':
    ['capture-unknown hold-raised', 'voiding hold-raised', 'void-unknown hold-raised', 'stuck hold-raised'],
  'tried for 30 days before it is given up': ['void-unknown void-given-up'],
  'a capture that is in no book of ours is the work of a life that a restored database has forgotten (F75): restored.test.ts':
    [
      'authorization-unknown capture-found',
      'declined capture-found',
      'charging capture-found',
      'stopping capture-found',
      'awaiting-cdr capture-found',
      'capturing capture-found',
      'capture-unknown capture-found',
      'voiding capture-found',
      'void-unknown capture-found',
      'voided capture-found',
      'stuck capture-found',
    ],
  'the provider explored does what it says: a hold that comes back after its void is a database put back (F75)': [
    'voided hold-found',
  ],
}
