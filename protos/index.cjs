'use strict';
const descriptors = require('./dist/descriptors.json');

exports.descriptors = descriptors;
exports.load = (options) =>
  require('@grpc/proto-loader').fromJSON(descriptors, { keepCase: true, longs: String, enums: String, ...options });

/** Half a megabyte, which only who is asked for descriptors needs. */
exports.files = () => require('./dist/files.json');
