# Sets the policies of Alambic. Change the values, leave out what is not to be fixed.
# HKLM\SOFTWARE\Policies is one and the same for programs of 32 and of 64 bits.
$ErrorActionPreference = 'Stop'
$wanted = @{
    Language = 'fr'
    Theme = 'system'
    IdleLockMinutes = 15
    PassphraseStrength = 3
    VaultProtection = 'passphrase'
    Connections = 'listed'
    AllowedHosts = @('model_download models.example.org', 'link *.example.org')
    LinksEnabled = 1
    Hub = 'https://models.example.org'
    Proxy = 'http://proxy.example.org:3128'
    CatalogueAddress = 'https://models.example.org/catalogue.json'
    CatalogueMode = 'replace'
    ModelDownloadsEnabled = 1
    ModelImportsEnabled = 0
    InPlaceModelsEnabled = 0
    RequireCard = 'signed'
    RequireSignedBundles = 1
    ContextTokens = 8192
    Threads = 0
    Backend = 'auto'
    UnloadMinutes = 15
    WarmUp = 'plugged'
    KeptGigabytes = 2
    WatchedFoldersEnabled = 1
    WorkspaceExportsEnabled = 0
    WorkspaceImportsEnabled = 1
}
$key = 'HKLM:\SOFTWARE\Policies\Alambic'
if (-not (Test-Path -Path $key)) { New-Item -Path $key -Force | Out-Null }
foreach ($name in $wanted.Keys) {
    $value = $wanted[$name]
    $type = if ($value -is [array]) { 'MultiString' } elseif ($value -is [int]) { 'DWord' } else { 'String' }
    New-ItemProperty -Path $key -Name $name -Value $value -PropertyType $type -Force | Out-Null
}
exit 0
