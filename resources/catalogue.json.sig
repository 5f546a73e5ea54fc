{
  "signatures": [
    {
      "keyId": "f2e6c073b0663fe7",
      "signature": "fibvMf5WjA5iqv1VgPmVxe48xbYxcTmhf0iEyk7lYuapJEqXLdpHAkAhoQ6zyor8WzzQnJduWRBAtT4/n8GJAQ=="
    }
  ]
}
