/** Path of the URLs to which functions of custom resources send their answers. A token follows. */
export const CUSTOM_RESOURCE_PATH = '/codeseeder-custom-resource/';
