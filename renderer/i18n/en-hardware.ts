/** What this computer computes on, in English. */
import type { Backend, BackendOutcome } from '../../contract/entities.ts'
import type { Format } from './format.ts'

export function hardwareInEnglish(format: Format) {
  return {
    processor: (name: string, cores: number) =>
      format.plural(cores, { one: `${name}, one core`, other: `${name}, ${format.number(cores)} cores` }),
    unnamed: 'Processor',
    sets: 'Processor features',
    swap: (total: string, free: string) => `${total} of swap space, ${free} free`,
    mains: 'Plugged in',
    mainsCharged: (percent: number) => `Plugged in, battery at ${format.percent(percent / 100)}`,
    battery: 'On battery: answers may be slower',
    batteryCharged: (percent: number) => `On battery at ${format.percent(percent / 100)}: answers may be slower`,
    title: 'Hardware used',
    names: {
      cpu: 'Processor',
      cuda: 'NVIDIA card (CUDA)',
      vulkan: 'Graphics card (Vulkan)',
      metal: 'Apple graphics (Metal)',
    } satisfies Record<Backend, string>,
    inUse: 'In use',
    outcomes: {
      works: 'Works correctly.',
      not_installed: 'Not installed, or its driver is missing.',
      no_device: 'No such card in this computer.',
      failed: 'Could not be started, so it is not used.',
      wrong: 'Gives wrong results, so it is not used.',
      crashed: 'Crashed when tested. Not used until its driver or Alambic changes.',
      hung: 'Did not respond when tested. Not used until its driver or Alambic changes.',
    } satisfies Record<BackendOutcome, string>,
    device: (name: string) => name,
    cardMemory: (bytes: string) => `${bytes} of it on the graphics card`,
    deviceMemory: (total: string, free: string) => `${total} of graphics memory, ${free} free`,
    trying: (name: string) => `Testing ${name}…`,
    tryAgain: 'Test all again',
    details: 'Details',
    driver: (driver: string) => `Driver: ${driver}`,
    choice: 'Hardware to use',
    choiceNote: 'Only hardware that gives correct results is used; the processor always works.',
    auto: 'The best that works',
  }
}
