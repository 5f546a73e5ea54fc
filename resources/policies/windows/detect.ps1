# Detects whether the policies of Alambic are as wanted. Change the values, leave out what is not to be fixed.
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
foreach ($name in $wanted.Keys) {
    $found = (Get-ItemProperty -Path $key -Name $name -ErrorAction SilentlyContinue).$name
    if ($null -eq $found -or (Compare-Object -ReferenceObject @($wanted[$name]) -DifferenceObject @($found) -CaseSensitive -SyncWindow 0)) {
        Write-Output "$name is not as wanted"
        exit 1
    }
}
exit 0
