import { describeBothWays } from './both-ways.ts';

describeBothWays({ driver: 'portaudio', microphoneHz: 44_100, speakerHz: 48_000 });
