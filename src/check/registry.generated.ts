// Written by scripts/generate-registry.ts from the folders. Do not edit: run `npm run generate`.
import type { RegisteredDetector, RegisteredReader } from '../core/contracts.js';
import caseworkTimesketchEn from '../casework/readers/timesketch/en.json' with { type: 'json' };
import caseworkTimesketchEs from '../casework/readers/timesketch/es.json' with { type: 'json' };
import { reader as caseworkTimesketch } from '../casework/readers/timesketch/timesketch.js';
import floodsAccessLogEn from '../floods/readers/access-log/en.json' with { type: 'json' };
import floodsAccessLogEs from '../floods/readers/access-log/es.json' with { type: 'json' };
import { reader as floodsAccessLog } from '../floods/readers/access-log/access-log.js';
import floodsNetflowEn from '../floods/readers/netflow/en.json' with { type: 'json' };
import floodsNetflowEs from '../floods/readers/netflow/es.json' with { type: 'json' };
import { reader as floodsNetflow } from '../floods/readers/netflow/netflow.js';
import floodsNfdumpCsvEn from '../floods/readers/nfdump-csv/en.json' with { type: 'json' };
import floodsNfdumpCsvEs from '../floods/readers/nfdump-csv/es.json' with { type: 'json' };
import { reader as floodsNfdumpCsv } from '../floods/readers/nfdump-csv/nfdump-csv.js';
import implantsAutorunsEn from '../implants/readers/autoruns/en.json' with { type: 'json' };
import implantsAutorunsEs from '../implants/readers/autoruns/es.json' with { type: 'json' };
import { reader as implantsAutoruns } from '../implants/readers/autoruns/autoruns.js';
import implantsFileListEn from '../implants/readers/file-list/en.json' with { type: 'json' };
import implantsFileListEs from '../implants/readers/file-list/es.json' with { type: 'json' };
import { reader as implantsFileList } from '../implants/readers/file-list/file-list.js';
import implantsFilesEn from '../implants/readers/files/en.json' with { type: 'json' };
import implantsFilesEs from '../implants/readers/files/es.json' with { type: 'json' };
import { reader as implantsFiles } from '../implants/readers/files/files.js';
import implantsKapeEn from '../implants/readers/kape/en.json' with { type: 'json' };
import implantsKapeEs from '../implants/readers/kape/es.json' with { type: 'json' };
import { reader as implantsKape } from '../implants/readers/kape/kape.js';
import implantsLaunchItemsEn from '../implants/readers/launch-items/en.json' with { type: 'json' };
import implantsLaunchItemsEs from '../implants/readers/launch-items/es.json' with { type: 'json' };
import { reader as implantsLaunchItems } from '../implants/readers/launch-items/launch-items.js';
import implantsOsqueryEn from '../implants/readers/osquery/en.json' with { type: 'json' };
import implantsOsqueryEs from '../implants/readers/osquery/es.json' with { type: 'json' };
import { reader as implantsOsquery } from '../implants/readers/osquery/osquery.js';
import implantsRegistryHiveEn from '../implants/readers/registry-hive/en.json' with { type: 'json' };
import implantsRegistryHiveEs from '../implants/readers/registry-hive/es.json' with { type: 'json' };
import { reader as implantsRegistryHive } from '../implants/readers/registry-hive/registry-hive.js';
import implantsScheduledTasksEn from '../implants/readers/scheduled-tasks/en.json' with { type: 'json' };
import implantsScheduledTasksEs from '../implants/readers/scheduled-tasks/es.json' with { type: 'json' };
import { reader as implantsScheduledTasks } from '../implants/readers/scheduled-tasks/scheduled-tasks.js';
import implantsShellProfileEn from '../implants/readers/shell-profile/en.json' with { type: 'json' };
import implantsShellProfileEs from '../implants/readers/shell-profile/es.json' with { type: 'json' };
import { reader as implantsShellProfile } from '../implants/readers/shell-profile/shell-profile.js';
import implantsStartupFolderEn from '../implants/readers/startup-folder/en.json' with { type: 'json' };
import implantsStartupFolderEs from '../implants/readers/startup-folder/es.json' with { type: 'json' };
import { reader as implantsStartupFolder } from '../implants/readers/startup-folder/startup-folder.js';
import implantsUnixAutostartEn from '../implants/readers/unix-autostart/en.json' with { type: 'json' };
import implantsUnixAutostartEs from '../implants/readers/unix-autostart/es.json' with { type: 'json' };
import { reader as implantsUnixAutostart } from '../implants/readers/unix-autostart/unix-autostart.js';
import implantsVelociraptorEn from '../implants/readers/velociraptor/en.json' with { type: 'json' };
import implantsVelociraptorEs from '../implants/readers/velociraptor/es.json' with { type: 'json' };
import { reader as implantsVelociraptor } from '../implants/readers/velociraptor/velociraptor.js';
import luresAndroidSmsBackupEn from '../lures/readers/android-sms-backup/en.json' with { type: 'json' };
import luresAndroidSmsBackupEs from '../lures/readers/android-sms-backup/es.json' with { type: 'json' };
import { reader as luresAndroidSmsBackup } from '../lures/readers/android-sms-backup/android-sms-backup.js';
import luresEmlEn from '../lures/readers/eml/en.json' with { type: 'json' };
import luresEmlEs from '../lures/readers/eml/es.json' with { type: 'json' };
import { reader as luresEml } from '../lures/readers/eml/eml.js';
import luresLinkExpansionsEn from '../lures/readers/link-expansions/en.json' with { type: 'json' };
import luresLinkExpansionsEs from '../lures/readers/link-expansions/es.json' with { type: 'json' };
import { reader as luresLinkExpansions } from '../lures/readers/link-expansions/link-expansions.js';
import luresMboxEn from '../lures/readers/mbox/en.json' with { type: 'json' };
import luresMboxEs from '../lures/readers/mbox/es.json' with { type: 'json' };
import { reader as luresMbox } from '../lures/readers/mbox/mbox.js';
import luresMessageJsonEn from '../lures/readers/message-json/en.json' with { type: 'json' };
import luresMessageJsonEs from '../lures/readers/message-json/es.json' with { type: 'json' };
import { reader as luresMessageJson } from '../lures/readers/message-json/message-json.js';
import luresMessageTableEn from '../lures/readers/message-table/en.json' with { type: 'json' };
import luresMessageTableEs from '../lures/readers/message-table/es.json' with { type: 'json' };
import { reader as luresMessageTable } from '../lures/readers/message-table/message-table.js';
import luresMsgEn from '../lures/readers/msg/en.json' with { type: 'json' };
import luresMsgEs from '../lures/readers/msg/es.json' with { type: 'json' };
import { reader as luresMsg } from '../lures/readers/msg/msg.js';
import luresPassiveDnsEn from '../lures/readers/passive-dns/en.json' with { type: 'json' };
import luresPassiveDnsEs from '../lures/readers/passive-dns/es.json' with { type: 'json' };
import { reader as luresPassiveDns } from '../lures/readers/passive-dns/passive-dns.js';
import luresPastedTextEn from '../lures/readers/pasted-text/en.json' with { type: 'json' };
import luresPastedTextEs from '../lures/readers/pasted-text/es.json' with { type: 'json' };
import { reader as luresPastedText } from '../lures/readers/pasted-text/pasted-text.js';
import luresSignalEn from '../lures/readers/signal/en.json' with { type: 'json' };
import luresSignalEs from '../lures/readers/signal/es.json' with { type: 'json' };
import { reader as luresSignal } from '../lures/readers/signal/signal.js';
import luresTelegramEn from '../lures/readers/telegram/en.json' with { type: 'json' };
import luresTelegramEs from '../lures/readers/telegram/es.json' with { type: 'json' };
import { reader as luresTelegram } from '../lures/readers/telegram/telegram.js';
import luresWhatsappChatEn from '../lures/readers/whatsapp-chat/en.json' with { type: 'json' };
import luresWhatsappChatEs from '../lures/readers/whatsapp-chat/es.json' with { type: 'json' };
import { reader as luresWhatsappChat } from '../lures/readers/whatsapp-chat/whatsapp-chat.js';
import capturesPcapEn from '../network/captures/readers/pcap/en.json' with { type: 'json' };
import capturesPcapEs from '../network/captures/readers/pcap/es.json' with { type: 'json' };
import { reader as capturesPcap } from '../network/captures/readers/pcap/pcap.js';
import capturesSuricataEveEn from '../network/captures/readers/suricata-eve/en.json' with { type: 'json' };
import capturesSuricataEveEs from '../network/captures/readers/suricata-eve/es.json' with { type: 'json' };
import { reader as capturesSuricataEve } from '../network/captures/readers/suricata-eve/suricata-eve.js';
import capturesSuricataFastLogEn from '../network/captures/readers/suricata-fast-log/en.json' with { type: 'json' };
import capturesSuricataFastLogEs from '../network/captures/readers/suricata-fast-log/es.json' with { type: 'json' };
import { reader as capturesSuricataFastLog } from '../network/captures/readers/suricata-fast-log/suricata-fast-log.js';
import capturesZeekLogEn from '../network/captures/readers/zeek-log/en.json' with { type: 'json' };
import capturesZeekLogEs from '../network/captures/readers/zeek-log/es.json' with { type: 'json' };
import { reader as capturesZeekLog } from '../network/captures/readers/zeek-log/zeek-log.js';
import scansCensysEn from '../network/scans/readers/censys/en.json' with { type: 'json' };
import scansCensysEs from '../network/scans/readers/censys/es.json' with { type: 'json' };
import { reader as scansCensys } from '../network/scans/readers/censys/censys.js';
import scansCertificateTableEn from '../network/scans/readers/certificate-table/en.json' with { type: 'json' };
import scansCertificateTableEs from '../network/scans/readers/certificate-table/es.json' with { type: 'json' };
import { reader as scansCertificateTable } from '../network/scans/readers/certificate-table/certificate-table.js';
import scansCriticalIoEn from '../network/scans/readers/critical-io/en.json' with { type: 'json' };
import scansCriticalIoEs from '../network/scans/readers/critical-io/es.json' with { type: 'json' };
import { reader as scansCriticalIo } from '../network/scans/readers/critical-io/critical-io.js';
import scansFinfisherResultsEn from '../network/scans/readers/finfisher-results/en.json' with { type: 'json' };
import scansFinfisherResultsEs from '../network/scans/readers/finfisher-results/es.json' with { type: 'json' };
import { reader as scansFinfisherResults } from '../network/scans/readers/finfisher-results/finfisher-results.js';
import scansHackingTeamResultsEn from '../network/scans/readers/hacking-team-results/en.json' with { type: 'json' };
import scansHackingTeamResultsEs from '../network/scans/readers/hacking-team-results/es.json' with { type: 'json' };
import { reader as scansHackingTeamResults } from '../network/scans/readers/hacking-team-results/hacking-team-results.js';
import scansMasscanEn from '../network/scans/readers/masscan/en.json' with { type: 'json' };
import scansMasscanEs from '../network/scans/readers/masscan/es.json' with { type: 'json' };
import { reader as scansMasscan } from '../network/scans/readers/masscan/masscan.js';
import scansRawBannerEn from '../network/scans/readers/raw-banner/en.json' with { type: 'json' };
import scansRawBannerEs from '../network/scans/readers/raw-banner/es.json' with { type: 'json' };
import { reader as scansRawBanner } from '../network/scans/readers/raw-banner/raw-banner.js';
import scansShodanEn from '../network/scans/readers/shodan/en.json' with { type: 'json' };
import scansShodanEs from '../network/scans/readers/shodan/es.json' with { type: 'json' };
import { reader as scansShodan } from '../network/scans/readers/shodan/shodan.js';
import scansSonarHttpEn from '../network/scans/readers/sonar-http/en.json' with { type: 'json' };
import scansSonarHttpEs from '../network/scans/readers/sonar-http/es.json' with { type: 'json' };
import { reader as scansSonarHttp } from '../network/scans/readers/sonar-http/sonar-http.js';
import scansSonarSslEn from '../network/scans/readers/sonar-ssl/en.json' with { type: 'json' };
import scansSonarSslEs from '../network/scans/readers/sonar-ssl/es.json' with { type: 'json' };
import { reader as scansSonarSsl } from '../network/scans/readers/sonar-ssl/sonar-ssl.js';
import scansZgrabEn from '../network/scans/readers/zgrab/en.json' with { type: 'json' };
import scansZgrabEs from '../network/scans/readers/zgrab/es.json' with { type: 'json' };
import { reader as scansZgrab } from '../network/scans/readers/zgrab/zgrab.js';
import iosApplicationsEn from '../phones/ios/readers/applications/en.json' with { type: 'json' };
import iosApplicationsEs from '../phones/ios/readers/applications/es.json' with { type: 'json' };
import { reader as iosApplications } from '../phones/ios/readers/applications/applications.js';
import iosBackupInfoEn from '../phones/ios/readers/backup-info/en.json' with { type: 'json' };
import iosBackupInfoEs from '../phones/ios/readers/backup-info/es.json' with { type: 'json' };
import { reader as iosBackupInfo } from '../phones/ios/readers/backup-info/backup-info.js';
import iosCalendarEn from '../phones/ios/readers/calendar/en.json' with { type: 'json' };
import iosCalendarEs from '../phones/ios/readers/calendar/es.json' with { type: 'json' };
import { reader as iosCalendar } from '../phones/ios/readers/calendar/calendar.js';
import iosConfigurationProfilesEn from '../phones/ios/readers/configuration-profiles/en.json' with { type: 'json' };
import iosConfigurationProfilesEs from '../phones/ios/readers/configuration-profiles/es.json' with { type: 'json' };
import { reader as iosConfigurationProfiles } from '../phones/ios/readers/configuration-profiles/configuration-profiles.js';
import iosDataUsageEn from '../phones/ios/readers/data-usage/en.json' with { type: 'json' };
import iosDataUsageEs from '../phones/ios/readers/data-usage/es.json' with { type: 'json' };
import { reader as iosDataUsage } from '../phones/ios/readers/data-usage/data-usage.js';
import iosGlobalPreferencesEn from '../phones/ios/readers/global-preferences/en.json' with { type: 'json' };
import iosGlobalPreferencesEs from '../phones/ios/readers/global-preferences/es.json' with { type: 'json' };
import { reader as iosGlobalPreferences } from '../phones/ios/readers/global-preferences/global-preferences.js';
import iosManifestEn from '../phones/ios/readers/manifest/en.json' with { type: 'json' };
import iosManifestEs from '../phones/ios/readers/manifest/es.json' with { type: 'json' };
import { reader as iosManifest } from '../phones/ios/readers/manifest/manifest.js';
import iosPermissionsEn from '../phones/ios/readers/permissions/en.json' with { type: 'json' };
import iosPermissionsEs from '../phones/ios/readers/permissions/es.json' with { type: 'json' };
import { reader as iosPermissions } from '../phones/ios/readers/permissions/permissions.js';
import iosProfileEventsEn from '../phones/ios/readers/profile-events/en.json' with { type: 'json' };
import iosProfileEventsEs from '../phones/ios/readers/profile-events/es.json' with { type: 'json' };
import { reader as iosProfileEvents } from '../phones/ios/readers/profile-events/profile-events.js';
import iosSafariHistoryEn from '../phones/ios/readers/safari-history/en.json' with { type: 'json' };
import iosSafariHistoryEs from '../phones/ios/readers/safari-history/es.json' with { type: 'json' };
import { reader as iosSafariHistory } from '../phones/ios/readers/safari-history/safari-history.js';
import iosSafariTabsEn from '../phones/ios/readers/safari-tabs/en.json' with { type: 'json' };
import iosSafariTabsEs from '../phones/ios/readers/safari-tabs/es.json' with { type: 'json' };
import { reader as iosSafariTabs } from '../phones/ios/readers/safari-tabs/safari-tabs.js';
import iosSmsEn from '../phones/ios/readers/sms/en.json' with { type: 'json' };
import iosSmsEs from '../phones/ios/readers/sms/es.json' with { type: 'json' };
import { reader as iosSms } from '../phones/ios/readers/sms/sms.js';
import iosSmsAttachmentsEn from '../phones/ios/readers/sms-attachments/en.json' with { type: 'json' };
import iosSmsAttachmentsEs from '../phones/ios/readers/sms-attachments/es.json' with { type: 'json' };
import { reader as iosSmsAttachments } from '../phones/ios/readers/sms-attachments/sms-attachments.js';
import iosWhatsappEn from '../phones/ios/readers/whatsapp/en.json' with { type: 'json' };
import iosWhatsappEs from '../phones/ios/readers/whatsapp/es.json' with { type: 'json' };
import { reader as iosWhatsapp } from '../phones/ios/readers/whatsapp/whatsapp.js';
import iosWhatsappContactsEn from '../phones/ios/readers/whatsapp-contacts/en.json' with { type: 'json' };
import iosWhatsappContactsEs from '../phones/ios/readers/whatsapp-contacts/es.json' with { type: 'json' };
import { reader as iosWhatsappContacts } from '../phones/ios/readers/whatsapp-contacts/whatsapp-contacts.js';
import floodsBruteForceEn from '../floods/detectors/brute-force/en.json' with { type: 'json' };
import floodsBruteForceEs from '../floods/detectors/brute-force/es.json' with { type: 'json' };
import { detector as floodsBruteForce } from '../floods/detectors/brute-force/brute-force.js';
import floodsFlashCrowdEn from '../floods/detectors/flash-crowd/en.json' with { type: 'json' };
import floodsFlashCrowdEs from '../floods/detectors/flash-crowd/es.json' with { type: 'json' };
import { detector as floodsFlashCrowd } from '../floods/detectors/flash-crowd/flash-crowd.js';
import floodsFlowsEn from '../floods/detectors/flows/en.json' with { type: 'json' };
import floodsFlowsEs from '../floods/detectors/flows/es.json' with { type: 'json' };
import { detector as floodsFlows } from '../floods/detectors/flows/flows.js';
import floodsIncidentEn from '../floods/detectors/incident/en.json' with { type: 'json' };
import floodsIncidentEs from '../floods/detectors/incident/es.json' with { type: 'json' };
import { detector as floodsIncident } from '../floods/detectors/incident/incident.js';
import floodsLinkedIncidentsEn from '../floods/detectors/linked-incidents/en.json' with { type: 'json' };
import floodsLinkedIncidentsEs from '../floods/detectors/linked-incidents/es.json' with { type: 'json' };
import { detector as floodsLinkedIncidents } from '../floods/detectors/linked-incidents/linked-incidents.js';
import floodsOutageEn from '../floods/detectors/outage/en.json' with { type: 'json' };
import floodsOutageEs from '../floods/detectors/outage/es.json' with { type: 'json' };
import { detector as floodsOutage } from '../floods/detectors/outage/outage.js';
import floodsOverviewEn from '../floods/detectors/overview/en.json' with { type: 'json' };
import floodsOverviewEs from '../floods/detectors/overview/es.json' with { type: 'json' };
import { detector as floodsOverview } from '../floods/detectors/overview/overview.js';
import floodsPacketFloodEn from '../floods/detectors/packet-flood/en.json' with { type: 'json' };
import floodsPacketFloodEs from '../floods/detectors/packet-flood/es.json' with { type: 'json' };
import { detector as floodsPacketFlood } from '../floods/detectors/packet-flood/packet-flood.js';
import floodsProvidersEn from '../floods/detectors/providers/en.json' with { type: 'json' };
import floodsProvidersEs from '../floods/detectors/providers/es.json' with { type: 'json' };
import { detector as floodsProviders } from '../floods/detectors/providers/providers.js';
import floodsProxyAddressesEn from '../floods/detectors/proxy-addresses/en.json' with { type: 'json' };
import floodsProxyAddressesEs from '../floods/detectors/proxy-addresses/es.json' with { type: 'json' };
import { detector as floodsProxyAddresses } from '../floods/detectors/proxy-addresses/proxy-addresses.js';
import floodsPublicationsEn from '../floods/detectors/publications/en.json' with { type: 'json' };
import floodsPublicationsEs from '../floods/detectors/publications/es.json' with { type: 'json' };
import { detector as floodsPublications } from '../floods/detectors/publications/publications.js';
import floodsRulesEn from '../floods/detectors/rules/en.json' with { type: 'json' };
import floodsRulesEs from '../floods/detectors/rules/es.json' with { type: 'json' };
import { detector as floodsRules } from '../floods/detectors/rules/rules.js';
import floodsScannerEn from '../floods/detectors/scanner/en.json' with { type: 'json' };
import floodsScannerEs from '../floods/detectors/scanner/es.json' with { type: 'json' };
import { detector as floodsScanner } from '../floods/detectors/scanner/scanner.js';
import implantsKnownArtefactEn from '../implants/detectors/known-artefact/en.json' with { type: 'json' };
import implantsKnownArtefactEs from '../implants/detectors/known-artefact/es.json' with { type: 'json' };
import { detector as implantsKnownArtefact } from '../implants/detectors/known-artefact/known-artefact.js';
import implantsRuleMatchEn from '../implants/detectors/rule-match/en.json' with { type: 'json' };
import implantsRuleMatchEs from '../implants/detectors/rule-match/es.json' with { type: 'json' };
import { detector as implantsRuleMatch } from '../implants/detectors/rule-match/rule-match.js';
import implantsScrambledNameEn from '../implants/detectors/scrambled-name/en.json' with { type: 'json' };
import implantsScrambledNameEs from '../implants/detectors/scrambled-name/es.json' with { type: 'json' };
import { detector as implantsScrambledName } from '../implants/detectors/scrambled-name/scrambled-name.js';
import indicatorsMatchEn from '../indicators/detectors/match/en.json' with { type: 'json' };
import indicatorsMatchEs from '../indicators/detectors/match/es.json' with { type: 'json' };
import { detector as indicatorsMatch } from '../indicators/detectors/match/match.js';
import luresCampaignEn from '../lures/detectors/campaign/en.json' with { type: 'json' };
import luresCampaignEs from '../lures/detectors/campaign/es.json' with { type: 'json' };
import { detector as luresCampaign } from '../lures/detectors/campaign/campaign.js';
import luresShortLinkEn from '../lures/detectors/short-link/en.json' with { type: 'json' };
import luresShortLinkEs from '../lures/detectors/short-link/es.json' with { type: 'json' };
import { detector as luresShortLink } from '../lures/detectors/short-link/short-link.js';
import luresSuspiciousMessageEn from '../lures/detectors/suspicious-message/en.json' with { type: 'json' };
import luresSuspiciousMessageEs from '../lures/detectors/suspicious-message/es.json' with { type: 'json' };
import { detector as luresSuspiciousMessage } from '../lures/detectors/suspicious-message/suspicious-message.js';
import luresThreatNotificationEn from '../lures/detectors/threat-notification/en.json' with { type: 'json' };
import luresThreatNotificationEs from '../lures/detectors/threat-notification/es.json' with { type: 'json' };
import { detector as luresThreatNotification } from '../lures/detectors/threat-notification/threat-notification.js';
import capturesBeaconEn from '../network/captures/detectors/beacon/en.json' with { type: 'json' };
import capturesBeaconEs from '../network/captures/detectors/beacon/es.json' with { type: 'json' };
import { detector as capturesBeacon } from '../network/captures/detectors/beacon/beacon.js';
import capturesCompetingAnswersEn from '../network/captures/detectors/competing-answers/en.json' with { type: 'json' };
import capturesCompetingAnswersEs from '../network/captures/detectors/competing-answers/es.json' with { type: 'json' };
import { detector as capturesCompetingAnswers } from '../network/captures/detectors/competing-answers/competing-answers.js';
import capturesConnectionChecksEn from '../network/captures/detectors/connection-checks/en.json' with { type: 'json' };
import capturesConnectionChecksEs from '../network/captures/detectors/connection-checks/es.json' with { type: 'json' };
import { detector as capturesConnectionChecks } from '../network/captures/detectors/connection-checks/connection-checks.js';
import capturesDnsTunnelEn from '../network/captures/detectors/dns-tunnel/en.json' with { type: 'json' };
import capturesDnsTunnelEs from '../network/captures/detectors/dns-tunnel/es.json' with { type: 'json' };
import { detector as capturesDnsTunnel } from '../network/captures/detectors/dns-tunnel/dns-tunnel.js';
import capturesDynamicDnsEn from '../network/captures/detectors/dynamic-dns/en.json' with { type: 'json' };
import capturesDynamicDnsEs from '../network/captures/detectors/dynamic-dns/es.json' with { type: 'json' };
import { detector as capturesDynamicDns } from '../network/captures/detectors/dynamic-dns/dynamic-dns.js';
import capturesForgedResetEn from '../network/captures/detectors/forged-reset/en.json' with { type: 'json' };
import capturesForgedResetEs from '../network/captures/detectors/forged-reset/es.json' with { type: 'json' };
import { detector as capturesForgedReset } from '../network/captures/detectors/forged-reset/forged-reset.js';
import capturesImplantMarksEn from '../network/captures/detectors/implant-marks/en.json' with { type: 'json' };
import capturesImplantMarksEs from '../network/captures/detectors/implant-marks/es.json' with { type: 'json' };
import { detector as capturesImplantMarks } from '../network/captures/detectors/implant-marks/implant-marks.js';
import capturesInjectedAnswerEn from '../network/captures/detectors/injected-answer/en.json' with { type: 'json' };
import capturesInjectedAnswerEs from '../network/captures/detectors/injected-answer/es.json' with { type: 'json' };
import { detector as capturesInjectedAnswer } from '../network/captures/detectors/injected-answer/injected-answer.js';
import capturesInjectedRedirectEn from '../network/captures/detectors/injected-redirect/en.json' with { type: 'json' };
import capturesInjectedRedirectEs from '../network/captures/detectors/injected-redirect/es.json' with { type: 'json' };
import { detector as capturesInjectedRedirect } from '../network/captures/detectors/injected-redirect/injected-redirect.js';
import capturesOverviewEn from '../network/captures/detectors/overview/en.json' with { type: 'json' };
import capturesOverviewEs from '../network/captures/detectors/overview/es.json' with { type: 'json' };
import { detector as capturesOverview } from '../network/captures/detectors/overview/overview.js';
import capturesPacketlogicEn from '../network/captures/detectors/packetlogic/en.json' with { type: 'json' };
import capturesPacketlogicEs from '../network/captures/detectors/packetlogic/es.json' with { type: 'json' };
import { detector as capturesPacketlogic } from '../network/captures/detectors/packetlogic/packetlogic.js';
import capturesPlainTextLeaksEn from '../network/captures/detectors/plain-text-leaks/en.json' with { type: 'json' };
import capturesPlainTextLeaksEs from '../network/captures/detectors/plain-text-leaks/es.json' with { type: 'json' };
import { detector as capturesPlainTextLeaks } from '../network/captures/detectors/plain-text-leaks/plain-text-leaks.js';
import capturesUnusualCaEn from '../network/captures/detectors/unusual-ca/en.json' with { type: 'json' };
import capturesUnusualCaEs from '../network/captures/detectors/unusual-ca/es.json' with { type: 'json' };
import { detector as capturesUnusualCa } from '../network/captures/detectors/unusual-ca/unusual-ca.js';
import scansFinfisherServerEn from '../network/scans/detectors/finfisher-server/en.json' with { type: 'json' };
import scansFinfisherServerEs from '../network/scans/detectors/finfisher-server/es.json' with { type: 'json' };
import { detector as scansFinfisherServer } from '../network/scans/detectors/finfisher-server/finfisher-server.js';
import scansHackingTeamServerEn from '../network/scans/detectors/hacking-team-server/en.json' with { type: 'json' };
import scansHackingTeamServerEs from '../network/scans/detectors/hacking-team-server/es.json' with { type: 'json' };
import { detector as scansHackingTeamServer } from '../network/scans/detectors/hacking-team-server/hacking-team-server.js';
import iosAttachmentInTempEn from '../phones/ios/detectors/attachment-in-temp/en.json' with { type: 'json' };
import iosAttachmentInTempEs from '../phones/ios/detectors/attachment-in-temp/es.json' with { type: 'json' };
import { detector as iosAttachmentInTemp } from '../phones/ios/detectors/attachment-in-temp/attachment-in-temp.js';
import iosInstantRedirectEn from '../phones/ios/detectors/instant-redirect/en.json' with { type: 'json' };
import iosInstantRedirectEs from '../phones/ios/detectors/instant-redirect/es.json' with { type: 'json' };
import { detector as iosInstantRedirect } from '../phones/ios/detectors/instant-redirect/instant-redirect.js';
import iosLockdownModeEn from '../phones/ios/detectors/lockdown-mode/en.json' with { type: 'json' };
import iosLockdownModeEs from '../phones/ios/detectors/lockdown-mode/es.json' with { type: 'json' };
import { detector as iosLockdownMode } from '../phones/ios/detectors/lockdown-mode/lockdown-mode.js';
import iosMissingLastMessageEn from '../phones/ios/detectors/missing-last-message/en.json' with { type: 'json' };
import iosMissingLastMessageEs from '../phones/ios/detectors/missing-last-message/es.json' with { type: 'json' };
import { detector as iosMissingLastMessage } from '../phones/ios/detectors/missing-last-message/missing-last-message.js';
import iosOddProcessPathEn from '../phones/ios/detectors/odd-process-path/en.json' with { type: 'json' };
import iosOddProcessPathEs from '../phones/ios/detectors/odd-process-path/es.json' with { type: 'json' };
import { detector as iosOddProcessPath } from '../phones/ios/detectors/odd-process-path/odd-process-path.js';
import iosOutdatedSystemEn from '../phones/ios/detectors/outdated-system/en.json' with { type: 'json' };
import iosOutdatedSystemEs from '../phones/ios/detectors/outdated-system/es.json' with { type: 'json' };
import { detector as iosOutdatedSystem } from '../phones/ios/detectors/outdated-system/outdated-system.js';
import iosProcessGapsEn from '../phones/ios/detectors/process-gaps/en.json' with { type: 'json' };
import iosProcessGapsEs from '../phones/ios/detectors/process-gaps/es.json' with { type: 'json' };
import { detector as iosProcessGaps } from '../phones/ios/detectors/process-gaps/process-gaps.js';
import iosProfileOperationsEn from '../phones/ios/detectors/profile-operations/en.json' with { type: 'json' };
import iosProfileOperationsEs from '../phones/ios/detectors/profile-operations/es.json' with { type: 'json' };
import { detector as iosProfileOperations } from '../phones/ios/detectors/profile-operations/profile-operations.js';
import iosProfilePayloadsEn from '../phones/ios/detectors/profile-payloads/en.json' with { type: 'json' };
import iosProfilePayloadsEs from '../phones/ios/detectors/profile-payloads/es.json' with { type: 'json' };
import { detector as iosProfilePayloads } from '../phones/ios/detectors/profile-payloads/profile-payloads.js';
import iosQuadreamInviteEn from '../phones/ios/detectors/quadream-invite/en.json' with { type: 'json' };
import iosQuadreamInviteEs from '../phones/ios/detectors/quadream-invite/es.json' with { type: 'json' };
import { detector as iosQuadreamInvite } from '../phones/ios/detectors/quadream-invite/quadream-invite.js';
import iosSensorPermissionEn from '../phones/ios/detectors/sensor-permission/en.json' with { type: 'json' };
import iosSensorPermissionEs from '../phones/ios/detectors/sensor-permission/es.json' with { type: 'json' };
import { detector as iosSensorPermission } from '../phones/ios/detectors/sensor-permission/sensor-permission.js';
import iosSideloadedAppEn from '../phones/ios/detectors/sideloaded-app/en.json' with { type: 'json' };
import iosSideloadedAppEs from '../phones/ios/detectors/sideloaded-app/es.json' with { type: 'json' };
import { detector as iosSideloadedApp } from '../phones/ios/detectors/sideloaded-app/sideloaded-app.js';
import iosUnusualInstallerEn from '../phones/ios/detectors/unusual-installer/en.json' with { type: 'json' };
import iosUnusualInstallerEs from '../phones/ios/detectors/unusual-installer/es.json' with { type: 'json' };
import { detector as iosUnusualInstaller } from '../phones/ios/detectors/unusual-installer/unusual-installer.js';
import iosUsageWithoutProcessEn from '../phones/ios/detectors/usage-without-process/en.json' with { type: 'json' };
import iosUsageWithoutProcessEs from '../phones/ios/detectors/usage-without-process/es.json' with { type: 'json' };
import { detector as iosUsageWithoutProcess } from '../phones/ios/detectors/usage-without-process/usage-without-process.js';

/** Every reader of the house. */
export const readers: readonly RegisteredReader[] = [
  { reader: caseworkTimesketch, texts: { es: caseworkTimesketchEs, en: caseworkTimesketchEn } },
  { reader: floodsAccessLog, texts: { es: floodsAccessLogEs, en: floodsAccessLogEn } },
  { reader: floodsNetflow, texts: { es: floodsNetflowEs, en: floodsNetflowEn } },
  { reader: floodsNfdumpCsv, texts: { es: floodsNfdumpCsvEs, en: floodsNfdumpCsvEn } },
  { reader: implantsAutoruns, texts: { es: implantsAutorunsEs, en: implantsAutorunsEn } },
  { reader: implantsFileList, texts: { es: implantsFileListEs, en: implantsFileListEn } },
  { reader: implantsFiles, texts: { es: implantsFilesEs, en: implantsFilesEn } },
  { reader: implantsKape, texts: { es: implantsKapeEs, en: implantsKapeEn } },
  { reader: implantsLaunchItems, texts: { es: implantsLaunchItemsEs, en: implantsLaunchItemsEn } },
  { reader: implantsOsquery, texts: { es: implantsOsqueryEs, en: implantsOsqueryEn } },
  { reader: implantsRegistryHive, texts: { es: implantsRegistryHiveEs, en: implantsRegistryHiveEn } },
  { reader: implantsScheduledTasks, texts: { es: implantsScheduledTasksEs, en: implantsScheduledTasksEn } },
  { reader: implantsShellProfile, texts: { es: implantsShellProfileEs, en: implantsShellProfileEn } },
  { reader: implantsStartupFolder, texts: { es: implantsStartupFolderEs, en: implantsStartupFolderEn } },
  { reader: implantsUnixAutostart, texts: { es: implantsUnixAutostartEs, en: implantsUnixAutostartEn } },
  { reader: implantsVelociraptor, texts: { es: implantsVelociraptorEs, en: implantsVelociraptorEn } },
  { reader: luresAndroidSmsBackup, texts: { es: luresAndroidSmsBackupEs, en: luresAndroidSmsBackupEn } },
  { reader: luresEml, texts: { es: luresEmlEs, en: luresEmlEn } },
  { reader: luresLinkExpansions, texts: { es: luresLinkExpansionsEs, en: luresLinkExpansionsEn } },
  { reader: luresMbox, texts: { es: luresMboxEs, en: luresMboxEn } },
  { reader: luresMessageJson, texts: { es: luresMessageJsonEs, en: luresMessageJsonEn } },
  { reader: luresMessageTable, texts: { es: luresMessageTableEs, en: luresMessageTableEn } },
  { reader: luresMsg, texts: { es: luresMsgEs, en: luresMsgEn } },
  { reader: luresPassiveDns, texts: { es: luresPassiveDnsEs, en: luresPassiveDnsEn } },
  { reader: luresPastedText, texts: { es: luresPastedTextEs, en: luresPastedTextEn } },
  { reader: luresSignal, texts: { es: luresSignalEs, en: luresSignalEn } },
  { reader: luresTelegram, texts: { es: luresTelegramEs, en: luresTelegramEn } },
  { reader: luresWhatsappChat, texts: { es: luresWhatsappChatEs, en: luresWhatsappChatEn } },
  { reader: capturesPcap, texts: { es: capturesPcapEs, en: capturesPcapEn } },
  { reader: capturesSuricataEve, texts: { es: capturesSuricataEveEs, en: capturesSuricataEveEn } },
  { reader: capturesSuricataFastLog, texts: { es: capturesSuricataFastLogEs, en: capturesSuricataFastLogEn } },
  { reader: capturesZeekLog, texts: { es: capturesZeekLogEs, en: capturesZeekLogEn } },
  { reader: scansCensys, texts: { es: scansCensysEs, en: scansCensysEn } },
  { reader: scansCertificateTable, texts: { es: scansCertificateTableEs, en: scansCertificateTableEn } },
  { reader: scansCriticalIo, texts: { es: scansCriticalIoEs, en: scansCriticalIoEn } },
  { reader: scansFinfisherResults, texts: { es: scansFinfisherResultsEs, en: scansFinfisherResultsEn } },
  { reader: scansHackingTeamResults, texts: { es: scansHackingTeamResultsEs, en: scansHackingTeamResultsEn } },
  { reader: scansMasscan, texts: { es: scansMasscanEs, en: scansMasscanEn } },
  { reader: scansRawBanner, texts: { es: scansRawBannerEs, en: scansRawBannerEn } },
  { reader: scansShodan, texts: { es: scansShodanEs, en: scansShodanEn } },
  { reader: scansSonarHttp, texts: { es: scansSonarHttpEs, en: scansSonarHttpEn } },
  { reader: scansSonarSsl, texts: { es: scansSonarSslEs, en: scansSonarSslEn } },
  { reader: scansZgrab, texts: { es: scansZgrabEs, en: scansZgrabEn } },
  { reader: iosApplications, texts: { es: iosApplicationsEs, en: iosApplicationsEn } },
  { reader: iosBackupInfo, texts: { es: iosBackupInfoEs, en: iosBackupInfoEn } },
  { reader: iosCalendar, texts: { es: iosCalendarEs, en: iosCalendarEn } },
  { reader: iosConfigurationProfiles, texts: { es: iosConfigurationProfilesEs, en: iosConfigurationProfilesEn } },
  { reader: iosDataUsage, texts: { es: iosDataUsageEs, en: iosDataUsageEn } },
  { reader: iosGlobalPreferences, texts: { es: iosGlobalPreferencesEs, en: iosGlobalPreferencesEn } },
  { reader: iosManifest, texts: { es: iosManifestEs, en: iosManifestEn } },
  { reader: iosPermissions, texts: { es: iosPermissionsEs, en: iosPermissionsEn } },
  { reader: iosProfileEvents, texts: { es: iosProfileEventsEs, en: iosProfileEventsEn } },
  { reader: iosSafariHistory, texts: { es: iosSafariHistoryEs, en: iosSafariHistoryEn } },
  { reader: iosSafariTabs, texts: { es: iosSafariTabsEs, en: iosSafariTabsEn } },
  { reader: iosSms, texts: { es: iosSmsEs, en: iosSmsEn } },
  { reader: iosSmsAttachments, texts: { es: iosSmsAttachmentsEs, en: iosSmsAttachmentsEn } },
  { reader: iosWhatsapp, texts: { es: iosWhatsappEs, en: iosWhatsappEn } },
  { reader: iosWhatsappContacts, texts: { es: iosWhatsappContactsEs, en: iosWhatsappContactsEn } },
];

/** Every detector of the house. */
export const detectors: readonly RegisteredDetector[] = [
  { detector: floodsBruteForce, texts: { es: floodsBruteForceEs, en: floodsBruteForceEn } },
  { detector: floodsFlashCrowd, texts: { es: floodsFlashCrowdEs, en: floodsFlashCrowdEn } },
  { detector: floodsFlows, texts: { es: floodsFlowsEs, en: floodsFlowsEn } },
  { detector: floodsIncident, texts: { es: floodsIncidentEs, en: floodsIncidentEn } },
  { detector: floodsLinkedIncidents, texts: { es: floodsLinkedIncidentsEs, en: floodsLinkedIncidentsEn } },
  { detector: floodsOutage, texts: { es: floodsOutageEs, en: floodsOutageEn } },
  { detector: floodsOverview, texts: { es: floodsOverviewEs, en: floodsOverviewEn } },
  { detector: floodsPacketFlood, texts: { es: floodsPacketFloodEs, en: floodsPacketFloodEn } },
  { detector: floodsProviders, texts: { es: floodsProvidersEs, en: floodsProvidersEn } },
  { detector: floodsProxyAddresses, texts: { es: floodsProxyAddressesEs, en: floodsProxyAddressesEn } },
  { detector: floodsPublications, texts: { es: floodsPublicationsEs, en: floodsPublicationsEn } },
  { detector: floodsRules, texts: { es: floodsRulesEs, en: floodsRulesEn } },
  { detector: floodsScanner, texts: { es: floodsScannerEs, en: floodsScannerEn } },
  { detector: implantsKnownArtefact, texts: { es: implantsKnownArtefactEs, en: implantsKnownArtefactEn } },
  { detector: implantsRuleMatch, texts: { es: implantsRuleMatchEs, en: implantsRuleMatchEn } },
  { detector: implantsScrambledName, texts: { es: implantsScrambledNameEs, en: implantsScrambledNameEn } },
  { detector: indicatorsMatch, texts: { es: indicatorsMatchEs, en: indicatorsMatchEn } },
  { detector: luresCampaign, texts: { es: luresCampaignEs, en: luresCampaignEn } },
  { detector: luresShortLink, texts: { es: luresShortLinkEs, en: luresShortLinkEn } },
  { detector: luresSuspiciousMessage, texts: { es: luresSuspiciousMessageEs, en: luresSuspiciousMessageEn } },
  { detector: luresThreatNotification, texts: { es: luresThreatNotificationEs, en: luresThreatNotificationEn } },
  { detector: capturesBeacon, texts: { es: capturesBeaconEs, en: capturesBeaconEn } },
  { detector: capturesCompetingAnswers, texts: { es: capturesCompetingAnswersEs, en: capturesCompetingAnswersEn } },
  { detector: capturesConnectionChecks, texts: { es: capturesConnectionChecksEs, en: capturesConnectionChecksEn } },
  { detector: capturesDnsTunnel, texts: { es: capturesDnsTunnelEs, en: capturesDnsTunnelEn } },
  { detector: capturesDynamicDns, texts: { es: capturesDynamicDnsEs, en: capturesDynamicDnsEn } },
  { detector: capturesForgedReset, texts: { es: capturesForgedResetEs, en: capturesForgedResetEn } },
  { detector: capturesImplantMarks, texts: { es: capturesImplantMarksEs, en: capturesImplantMarksEn } },
  { detector: capturesInjectedAnswer, texts: { es: capturesInjectedAnswerEs, en: capturesInjectedAnswerEn } },
  { detector: capturesInjectedRedirect, texts: { es: capturesInjectedRedirectEs, en: capturesInjectedRedirectEn } },
  { detector: capturesOverview, texts: { es: capturesOverviewEs, en: capturesOverviewEn } },
  { detector: capturesPacketlogic, texts: { es: capturesPacketlogicEs, en: capturesPacketlogicEn } },
  { detector: capturesPlainTextLeaks, texts: { es: capturesPlainTextLeaksEs, en: capturesPlainTextLeaksEn } },
  { detector: capturesUnusualCa, texts: { es: capturesUnusualCaEs, en: capturesUnusualCaEn } },
  { detector: scansFinfisherServer, texts: { es: scansFinfisherServerEs, en: scansFinfisherServerEn } },
  { detector: scansHackingTeamServer, texts: { es: scansHackingTeamServerEs, en: scansHackingTeamServerEn } },
  { detector: iosAttachmentInTemp, texts: { es: iosAttachmentInTempEs, en: iosAttachmentInTempEn } },
  { detector: iosInstantRedirect, texts: { es: iosInstantRedirectEs, en: iosInstantRedirectEn } },
  { detector: iosLockdownMode, texts: { es: iosLockdownModeEs, en: iosLockdownModeEn } },
  { detector: iosMissingLastMessage, texts: { es: iosMissingLastMessageEs, en: iosMissingLastMessageEn } },
  { detector: iosOddProcessPath, texts: { es: iosOddProcessPathEs, en: iosOddProcessPathEn } },
  { detector: iosOutdatedSystem, texts: { es: iosOutdatedSystemEs, en: iosOutdatedSystemEn } },
  { detector: iosProcessGaps, texts: { es: iosProcessGapsEs, en: iosProcessGapsEn } },
  { detector: iosProfileOperations, texts: { es: iosProfileOperationsEs, en: iosProfileOperationsEn } },
  { detector: iosProfilePayloads, texts: { es: iosProfilePayloadsEs, en: iosProfilePayloadsEn } },
  { detector: iosQuadreamInvite, texts: { es: iosQuadreamInviteEs, en: iosQuadreamInviteEn } },
  { detector: iosSensorPermission, texts: { es: iosSensorPermissionEs, en: iosSensorPermissionEn } },
  { detector: iosSideloadedApp, texts: { es: iosSideloadedAppEs, en: iosSideloadedAppEn } },
  { detector: iosUnusualInstaller, texts: { es: iosUnusualInstallerEs, en: iosUnusualInstallerEn } },
  { detector: iosUsageWithoutProcess, texts: { es: iosUsageWithoutProcessEs, en: iosUsageWithoutProcessEn } },
];
