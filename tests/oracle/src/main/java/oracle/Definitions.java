package oracle;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.LenientErrorHandler;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.CodeSystem;
import org.hl7.fhir.r4.model.CodeSystem.CodeSystemContentMode;
import org.hl7.fhir.r4.model.StructureDefinition;

/**
 * Profiles, value sets and code systems, read from published FHIR packages (.tgz) or from single files (.json).
 *
 * <p>HAPI's own NpmPackageValidationSupport stops at the "._" files that a Mac puts into an archive, and several published
 * packages have them. Of two definitions of one canonical the one read last wins.
 */
final class Definitions {
    private static final Pattern OF_INTEREST = Pattern.compile("package/(StructureDefinition|ValueSet|CodeSystem)-[^/]*\\.json");

    // crd-ci-q4 says 'extension.where(...) and ...' without exists(): empty, neither true nor false, for the very answers its words allow
    private static final Set<String> MISSTATED = Set.of("crd-ci-q4");

    private final IParser parser;
    private final PrePopulatedValidationSupport found;

    private Definitions(FhirContext context) {
        parser = context.newJsonParser().setParserErrorHandler(new LenientErrorHandler(false));
        found = new AnyVersion(context);
    }

    static PrePopulatedValidationSupport read(FhirContext context, String... paths) throws IOException {
        Definitions definitions = new Definitions(context);
        for (String path : paths) {
            try (InputStream file = new BufferedInputStream(Files.newInputStream(Path.of(path)))) {
                if (path.endsWith(".tgz")) {
                    definitions.addPackage(file);
                } else {
                    definitions.add(file);
                }
            }
        }
        return definitions.found;
    }

    private void addPackage(InputStream file) throws IOException {
        TarArchiveInputStream archive = new TarArchiveInputStream(new GzipCompressorInputStream(file));
        for (TarArchiveEntry entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
            if (OF_INTEREST.matcher(entry.getName()).matches()) {
                add(archive);
            }
        }
    }

    private void add(InputStream definition) throws IOException {
        IBaseResource resource = parser.parseResource(new String(definition.readAllBytes(), StandardCharsets.UTF_8));
        boolean decidesNothing = resource instanceof CodeSystem codes && codes.getContent() == CodeSystemContentMode.NOTPRESENT;
        if (resource instanceof StructureDefinition structure) {
            structure.getSnapshot().getElement().forEach(element -> element.getConstraint().removeIf(each -> MISSTATED.contains(each.getKey())));
        }
        if (!decidesNothing) {
            found.addResource(resource);
        }
    }

    /** Guides name versions of other guides that are not at hand ("...|5.3.0-ballot-tc1"); the one at hand stands in. */
    private static final class AnyVersion extends PrePopulatedValidationSupport {
        AnyVersion(FhirContext context) {
            super(context);
        }

        @Override
        public IBaseResource fetchStructureDefinition(String canonical) {
            IBaseResource exact = super.fetchStructureDefinition(canonical);
            return exact != null || !canonical.contains("|") ? exact : super.fetchStructureDefinition(canonical.substring(0, canonical.indexOf('|')));
        }

        @Override
        public IBaseResource fetchValueSet(String canonical) {
            IBaseResource exact = super.fetchValueSet(canonical);
            return exact != null || !canonical.contains("|") ? exact : super.fetchValueSet(canonical.substring(0, canonical.indexOf('|')));
        }
    }
}
