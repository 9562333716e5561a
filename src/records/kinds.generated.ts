// Written by scripts/generate-registry.ts from src/records/kinds. Do not edit: run `npm run generate`.
import type { RecordKind } from '../core/contracts.js';
import { accountLink } from './kinds/account-link.js';
import { app } from './kinds/app.js';
import { attachment } from './kinds/attachment.js';
import { autostartEntry } from './kinds/autostart-entry.js';
import { browserTab } from './kinds/browser-tab.js';
import { calendarEvent } from './kinds/calendar-event.js';
import { chat } from './kinds/chat.js';
import { configurationProfile } from './kinds/configuration-profile.js';
import { contact } from './kinds/contact.js';
import { device } from './kinds/device.js';
import { dns } from './kinds/dns.js';
import { dnsResolution } from './kinds/dns-resolution.js';
import { fileDownload } from './kinds/file-download.js';
import { fileEntry } from './kinds/file-entry.js';
import { flow } from './kinds/flow.js';
import { http } from './kinds/http.js';
import { idsAlert } from './kinds/ids-alert.js';
import { linkExpansion } from './kinds/link-expansion.js';
import { message } from './kinds/message.js';
import { packetAnomaly } from './kinds/packet-anomaly.js';
import { permission } from './kinds/permission.js';
import { preference } from './kinds/preference.js';
import { process } from './kinds/process.js';
import { processUsage } from './kinds/process-usage.js';
import { profileEvent } from './kinds/profile-event.js';
import { ruleMatch } from './kinds/rule-match.js';
import { ruleOverflow } from './kinds/rule-overflow.js';
import { serverObservation } from './kinds/server-observation.js';
import { timelineEvent } from './kinds/timeline-event.js';
import { tls } from './kinds/tls.js';
import { urlVisit } from './kinds/url-visit.js';

/** Every record kind by its name. */
export const recordKinds: ReadonlyMap<string, RecordKind> = new Map<string, RecordKind>(
  [
    accountLink,
    app,
    attachment,
    autostartEntry,
    browserTab,
    calendarEvent,
    chat,
    configurationProfile,
    contact,
    device,
    dns,
    dnsResolution,
    fileDownload,
    fileEntry,
    flow,
    http,
    idsAlert,
    linkExpansion,
    message,
    packetAnomaly,
    permission,
    preference,
    process,
    processUsage,
    profileEvent,
    ruleMatch,
    ruleOverflow,
    serverObservation,
    timelineEvent,
    tls,
    urlVisit,
  ].map((kind: RecordKind) => [kind.kind, kind]),
);
