import { describeBothWays } from './both-ways.ts';

describeBothWays({ driver: 'pulse', microphoneHz: 48_000, speakerHz: 44_100 });
