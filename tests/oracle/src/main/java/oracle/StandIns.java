package oracle;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hl7.fhir.r5.context.IWorkerContext;
import org.hl7.fhir.r5.elementmodel.Element;
import org.hl7.fhir.r5.elementmodel.Manager;
import org.hl7.fhir.r5.elementmodel.Manager.FhirFormat;
import org.hl7.fhir.r5.model.CanonicalResource;
import org.hl7.fhir.r5.model.CanonicalType;
import org.hl7.fhir.r5.utils.validation.IResourceValidator;
import org.hl7.fhir.r5.utils.validation.IValidatorResourceFetcher;

/** For a reference to what is not at hand, an empty resource of the type it names, so that its type at least is judged; else nothing. */
final class StandIns implements IValidatorResourceFetcher {
    private static final Pattern NAMED = Pattern.compile("(?:https?://.*/)?([A-Z][A-Za-z]+)/([A-Za-z0-9\\-.]{1,64})(?:/_history/.*)?");

    private final IWorkerContext context;

    StandIns(IWorkerContext context) {
        this.context = context;
    }

    @Override
    public Element fetch(IResourceValidator validator, Object appContext, String url) throws IOException {
        Matcher named = NAMED.matcher(url);
        if (!named.matches() || !context.getResourceNamesAsSet().contains(named.group(1))) {
            return null;
        }
        String text = "{\"resourceType\": \"%s\", \"id\": \"%s\"}".formatted(named.group(1), named.group(2));
        return Manager.parseSingle(context, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), FhirFormat.JSON);
    }

    @Override
    public boolean resolveURL(
            IResourceValidator validator, Object appContext, String path, String url, String type, boolean canonical, List<CanonicalType> targets) {
        return true; // we are offline: no address is called wrong
    }

    @Override
    public byte[] fetchRaw(IResourceValidator validator, String url) {
        return null;
    }

    @Override
    public IValidatorResourceFetcher setLocale(Locale locale) {
        return this;
    }

    @Override
    public CanonicalResource fetchCanonicalResource(IResourceValidator validator, Object appContext, String url) {
        return null;
    }

    @Override
    public boolean fetchesCanonicalResource(IResourceValidator validator, String url) {
        return false;
    }

    @Override
    public Set<ResourceVersionInformation> fetchCanonicalResourceVersions(IResourceValidator validator, Object appContext, String url) {
        return Set.of();
    }
}
